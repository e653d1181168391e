package io.dsa.protocol;

import java.util.Objects;

/**
 * Opens a volume in this session. Answered by {@link VolumeOpened}, or refused with {@link
 * ErrorCode#UNKNOWN_VOLUME}, {@link ErrorCode#VOLUME_BUSY} or {@link ErrorCode#LIMIT}. Type 0x0020.
 *
 * <pre>
 *    0               1               2               3
 *   +---------------+---------------+---------------+---------------+
 *  0|        length of name         |  name, UTF-8                 ...
 *   +---------------+---------------+---------------+---------------+
 *   |     mode      |  options                                     ...
 * </pre>
 *
 * @param name of the volume, at most 255 bytes
 * @param mode READ_ONLY 1, READ_WRITE 2, SHARED_WRITE 3
 */
public record OpenVolume(String name, OpenMode mode) implements Request {
  public OpenVolume {
    WireText.check("volume name", name, VolumeName.MAX_BYTES);
    Objects.requireNonNull(mode, "mode");
  }

  void encode(FieldWriter out) {
    out.text(name).u8(mode.wire());
  }

  static OpenVolume decode(FieldReader in) throws ProtocolException {
    return new OpenVolume(
        in.text("volume name", VolumeName.MAX_BYTES), OpenMode.fromWire(in.u8("open mode")));
  }
}
