package io.dsa.protocol;

import java.util.Objects;
import java.util.Optional;
import java.util.UUID;

/**
 * Opens a volume in this session. Answered by {@link VolumeOpened}, or refused with {@link
 * ErrorCode#UNKNOWN_VOLUME}, {@link ErrorCode#VOLUME_BUSY} or {@link ErrorCode#LIMIT}. Type 0x0020.
 *
 * <pre>
 *    0               1               2               3
 *   +---------------+---------------+---------------+---------------+
 *  0|        length of name         |  name, UTF-8                 ...
 *   +---------------+---------------+---------------+---------------+
 *   |     mode      |  option 1: the writer, 16 bytes              ...
 *   |  option 2: nothing; there if it had the volume before        ...
 *   |  option 3: nothing; there to take the volume over            ...
 * </pre>
 *
 * @param name of the volume, at most 255 bytes
 * @param mode READ_ONLY 1, READ_WRITE 2, SHARED_WRITE 3
 * @param writer made up by the client, the same each time that it opens the volume again after a
 *     lost connection: so it can be told whether anybody else had it for writing meanwhile
 * @param again whether this writer had the volume before, and would go on
 * @param takeOver whether it is first taken from those who keep it from being opened so: what they
 *     have in flight is refused before anybody has it anew
 */
public record OpenVolume(
    String name, OpenMode mode, Optional<UUID> writer, boolean again, boolean takeOver)
    implements Request {
  private static final int OPTION_WRITER = 1;
  private static final int OPTION_AGAIN = 2;
  private static final int OPTION_TAKE_OVER = 3;

  public OpenVolume {
    Objects.requireNonNull(writer, "writer");
    WireText.check("volume name", name, VolumeName.MAX_BYTES);
    Objects.requireNonNull(mode, "mode");
  }

  void encode(FieldWriter out) {
    out.text(name).u8(mode.wire());
    writer.ifPresent(id -> out.option(OPTION_WRITER, id));
    if (again) {
      out.u16(OPTION_AGAIN).u16(0);
    }
    if (takeOver) {
      out.u16(OPTION_TAKE_OVER).u16(0);
    }
  }

  static OpenVolume decode(FieldReader in) throws ProtocolException {
    String name = in.text("volume name", VolumeName.MAX_BYTES);
    OpenMode mode = OpenMode.fromWire(in.u8("open mode"));
    Optional<UUID> writer = Optional.empty();
    boolean again = false;
    boolean takeOver = false;
    while (in.hasOption()) {
      FieldReader.Option option = in.option();
      switch (option.tag()) {
        case OPTION_WRITER -> writer = Optional.of(option.value().uuid("writer"));
        case OPTION_AGAIN -> again = true;
        case OPTION_TAKE_OVER -> takeOver = true;
        default -> {}
      }
    }
    return new OpenVolume(name, mode, writer, again, takeOver);
  }
}
