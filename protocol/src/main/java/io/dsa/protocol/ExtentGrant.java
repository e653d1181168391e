package io.dsa.protocol;

/**
 * Leave for one queue to reach one piece of a volume by one-sided RDMA. A structure: its length
 * comes before it and options may come after its fields.
 *
 * <pre>
 *    0               1               2               3
 *   +---------------+---------------+---------------+---------------+
 *  0|         target index          |     volume offset, bytes
 *   +---------------+---------------+---------------+---------------+
 *  4            (64 bits)
 *   +---------------+---------------+---------------+---------------+
 *  8                                |     length, bytes
 *   +---------------+---------------+---------------+---------------+
 * 12            (64 bits)
 *   +---------------+---------------+---------------+---------------+
 * 16                                |     remote address
 *   +---------------+---------------+---------------+---------------+
 * 20            (64 bits)
 *   +---------------+---------------+---------------+---------------+
 * 24                                |     rkey
 *   +---------------+---------------+---------------+---------------+
 * 28            (32 bits)           |
 *   +---------------+---------------+
 * </pre>
 *
 * @param targetIndex which target of the volume holds it, 0 to 65535
 * @param volumeOffset where it begins in the volume, in bytes
 * @param length in bytes, at least 1
 * @param remoteAddress of its first byte, as RDMA requests carry it
 * @param rkey works on the queue it was granted to and on no other
 */
public record ExtentGrant(
    int targetIndex, long volumeOffset, long length, long remoteAddress, int rkey) {
  public ExtentGrant {
    WireCheck.range("target index", targetIndex, 0, 0xFFFF);
    WireCheck.notNegative("volume offset", volumeOffset);
    if (length < 1 || length > Long.MAX_VALUE - volumeOffset) {
      throw new IllegalArgumentException(
          "length of the extent at " + volumeOffset + " is " + length);
    }
  }

  /** Returns a text without the rkey, so that logs do not give it away. */
  @Override
  public String toString() {
    return "ExtentGrant[targetIndex="
        + targetIndex
        + ", volumeOffset="
        + volumeOffset
        + ", length="
        + length
        + "]";
  }

  void encode(FieldWriter out) {
    out.u16(targetIndex).int64(volumeOffset).int64(length).int64(remoteAddress).int32(rkey);
  }

  static ExtentGrant decode(FieldReader in) throws ProtocolException {
    return new ExtentGrant(
        in.u16("target index"),
        in.int64("volume offset"),
        in.int64("length"),
        in.int64("remote address"),
        in.int32("rkey"));
  }
}
