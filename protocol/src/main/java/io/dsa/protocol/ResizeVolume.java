package io.dsa.protocol;

/**
 * Changes the size of a volume. What is added reads as zeros; what is cut off is gone. Answered by
 * {@link VolumeReply} once the new space is zeroed, or refused with {@link
 * ErrorCode#UNKNOWN_VOLUME}, {@link ErrorCode#INVALID_SIZE}, {@link ErrorCode#NO_SPACE} or {@link
 * ErrorCode#VOLUME_BUSY}. Type 0x0014.
 *
 * <pre>
 *    0               1               2               3
 *   +---------------+---------------+---------------+---------------+
 *  0|        length of name         |  name, UTF-8                 ...
 *   +---------------+---------------+---------------+---------------+
 *   |                    new size, bytes (64 bits)                 ...
 *   +---------------+---------------+---------------+---------------+
 *   |  options                                                     ...
 * </pre>
 *
 * @param name of the volume, at most 255 bytes
 * @param bytes its size from now on
 */
public record ResizeVolume(String name, long bytes) implements Request {
  public ResizeVolume {
    WireText.check("volume name", name, VolumeName.MAX_BYTES);
  }

  void encode(FieldWriter out) {
    out.text(name).int64(bytes);
  }

  static ResizeVolume decode(FieldReader in) throws ProtocolException {
    return new ResizeVolume(in.text("volume name", VolumeName.MAX_BYTES), in.int64("size"));
  }
}
