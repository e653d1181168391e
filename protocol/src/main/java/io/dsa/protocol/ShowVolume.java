package io.dsa.protocol;

/**
 * Describes a volume. Answered by {@link VolumeReply}, or refused with {@link
 * ErrorCode#UNKNOWN_VOLUME}. Type 0x0013.
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
public record ShowVolume(String name) implements Request {
  public ShowVolume {
    WireText.check("volume name", name, VolumeName.MAX_BYTES);
  }

  void encode(FieldWriter out) {
    out.text(name);
  }

  static ShowVolume decode(FieldReader in) throws ProtocolException {
    return new ShowVolume(in.text("volume name", VolumeName.MAX_BYTES));
  }
}
