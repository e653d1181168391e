package io.dsa.protocol;

/**
 * Gives a volume another name; whoever has it open keeps it. Answered by {@link VolumeReply}, or
 * refused with {@link ErrorCode#UNKNOWN_VOLUME}, {@link ErrorCode#INVALID_NAME}, {@link
 * ErrorCode#VOLUME_EXISTS} or {@link ErrorCode#VOLUME_BUSY}. Type 0x0015.
 *
 * <pre>
 *    0               1               2               3
 *   +---------------+---------------+---------------+---------------+
 *  0|        length of name         |  name, UTF-8                 ...
 *   +---------------+---------------+---------------+---------------+
 *   |      length of new name       |  new name, UTF-8             ...
 *   +---------------+---------------+---------------+---------------+
 *   |  options                                                     ...
 * </pre>
 *
 * @param name of the volume, at most 255 bytes
 * @param newName see {@link VolumeName}; at most 255 bytes
 */
public record RenameVolume(String name, String newName) implements Request {
  public RenameVolume {
    WireText.check("volume name", name, VolumeName.MAX_BYTES);
    WireText.check("new volume name", newName, VolumeName.MAX_BYTES);
  }

  void encode(FieldWriter out) {
    out.text(name).text(newName);
  }

  static RenameVolume decode(FieldReader in) throws ProtocolException {
    return new RenameVolume(
        in.text("volume name", VolumeName.MAX_BYTES),
        in.text("new volume name", VolumeName.MAX_BYTES));
  }
}
