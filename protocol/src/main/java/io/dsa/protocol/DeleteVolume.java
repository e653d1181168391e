package io.dsa.protocol;

/**
 * Removes a volume and its data. Answered by {@link Done}, or refused with {@link
 * ErrorCode#UNKNOWN_VOLUME} or {@link ErrorCode#VOLUME_BUSY}. Type 0x0011.
 *
 * <pre>
 *    0               1               2               3
 *   +---------------+---------------+---------------+---------------+
 *  0|        length of name         |  name, UTF-8                 ...
 *   +---------------+---------------+---------------+---------------+
 *   |  options                                                     ...
 * </pre>
 *
 * @param name of the volume, at most 255 bytes
 */
public record DeleteVolume(String name) implements Request {
  public DeleteVolume {
    WireText.check("volume name", name, VolumeName.MAX_BYTES);
  }

  void encode(FieldWriter out) {
    out.text(name);
  }

  static DeleteVolume decode(FieldReader in) throws ProtocolException {
    return new DeleteVolume(in.text("volume name", VolumeName.MAX_BYTES));
  }
}
