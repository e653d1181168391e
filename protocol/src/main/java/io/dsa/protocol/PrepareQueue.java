package io.dsa.protocol;

/**
 * Asks for leave to connect one data queue. Answered by {@link QueuePrepared}, or refused with
 * {@link ErrorCode#NOT_OPEN}, {@link ErrorCode#LIMIT} or {@link ErrorCode#RESOURCES}. Type 0x0021.
 *
 * <pre>
 *    0               1               2               3
 *   +---------------+---------------+---------------+---------------+
 *  0|                    volume handle (64 bits)                   ...
 *   +---------------+---------------+---------------+---------------+
 *  8|  options                                                     ...
 * </pre>
 *
 * @param volumeHandle from {@link VolumeOpened}
 */
public record PrepareQueue(long volumeHandle) implements Request {
  void encode(FieldWriter out) {
    out.int64(volumeHandle);
  }

  static PrepareQueue decode(FieldReader in) throws ProtocolException {
    return new PrepareQueue(in.int64("volume handle"));
  }
}
