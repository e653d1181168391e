package io.dsa.verbs;

/**
 * Something that happened to a device, not to a request: ibv_get_async_event(3).
 *
 * @param type enum ibv_event_type
 * @param port the port it is about, or 0
 * @param queuePairNumber the queue pair it is about, or 0
 */
public record AsyncEvent(int type, int port, int queuePairNumber) {
  static final long BYTES = 24;

  public static final int CQ_ERROR = 0;
  public static final int QP_FATAL = 1;
  public static final int DEVICE_FATAL = 8;
  public static final int PORT_ACTIVE = 9;
  public static final int PORT_ERROR = 10;
}
