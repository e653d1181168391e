package io.dsa.protocol;

/**
 * Closes a volume in this session: its queues are disconnected and their grants end. Answered by
 * {@link Done}, or refused with {@link ErrorCode#NOT_OPEN}. Type 0x0024.
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
public record CloseVolume(long volumeHandle) implements Request {
  void encode(FieldWriter out) {
    out.int64(volumeHandle);
  }

  static CloseVolume decode(FieldReader in) throws ProtocolException {
    return new CloseVolume(in.int64("volume handle"));
  }
}
