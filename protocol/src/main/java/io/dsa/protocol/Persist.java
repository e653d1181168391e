package io.dsa.protocol;

/**
 * Makes a range of a volume durable, once a small RDMA READ on the data queue has shown that the
 * writes before it have landed. Answered by {@link Done} when it is durable, or refused with {@link
 * ErrorCode#NOT_OPEN}, {@link ErrorCode#READ_ONLY}, {@link ErrorCode#VOLATILE_VOLUME}, {@link
 * ErrorCode#BAD_REQUEST} or {@link ErrorCode#IO_ERROR}. Type 0x0023.
 *
 * <pre>
 *    0               1               2               3
 *   +---------------+---------------+---------------+---------------+
 *  0|                    volume handle (64 bits)                   ...
 *   +---------------+---------------+---------------+---------------+
 *  8|                    offset, bytes (64 bits)                   ...
 *   +---------------+---------------+---------------+---------------+
 * 16|                    length, bytes (64 bits)                   ...
 *   +---------------+---------------+---------------+---------------+
 * 24|  options                                                     ...
 * </pre>
 *
 * @param volumeHandle from {@link VolumeOpened}
 * @param offset where the range begins in the volume
 * @param length of the range
 */
public record Persist(long volumeHandle, long offset, long length) implements Request {
  void encode(FieldWriter out) {
    out.int64(volumeHandle).int64(offset).int64(length);
  }

  static Persist decode(FieldReader in) throws ProtocolException {
    return new Persist(in.int64("volume handle"), in.int64("offset"), in.int64("length"));
  }
}
