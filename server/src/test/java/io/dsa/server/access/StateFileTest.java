package io.dsa.server.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class StateFileTest {
  private static final byte[] OLD = "old".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] NEW = "something new".getBytes(StandardCharsets.US_ASCII);

  @TempDir private Path directory;
  private Path file;

  @BeforeEach
  void create() {
    file = directory.resolve("users");
    StateFile.create(file, OLD);
  }

  private byte[] contents() {
    try (StateFile state = StateFile.open(file)) {
      return state.bytes();
    }
  }

  private void write(byte[] bytes) {
    try (StateFile state = StateFile.open(file)) {
      state.write(bytes);
    }
  }

  /** Changes a byte of a slot, as a medium does that loses bits. */
  private void damage(int slot, int offset) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      long at = slot * (long) StateFile.SLOT_BYTES + offset;
      ByteBuffer one = ByteBuffer.allocate(1);
      channel.read(one, at);
      one.put(0, (byte) (one.get(0) ^ 1));
      channel.write(one.rewind(), at);
    }
  }

  /** The bytes of the header that mean something, and the first one behind it. */
  private static final int[] OFFSETS = {0, 8, 15, 23, 27, 31, 40, 63, 64};

  @Test
  void shouldKeepWhatWasWrittenLast() {
    assertThat(contents()).isEqualTo(OLD);
    write(NEW);
    assertThat(contents()).isEqualTo(NEW);
    write(OLD);
    assertThat(contents()).isEqualTo(OLD);
  }

  @Test
  void shouldBeReadableByItsOwnerAlone() throws IOException {
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(directory).isDirectoryNotContaining("glob:**.new");
  }

  /** What was acknowledged is there though either copy of it is lost. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void shouldSurviveTheLossOfEitherSlot(int slot) throws IOException {
    write(NEW);
    for (int offset : OFFSETS) {
      damage(slot, offset);
      assertThat(contents()).as("offset %d", offset).isEqualTo(NEW);
      damage(slot, offset);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void shouldWriteTheDamagedSlotFirst(int slot) throws IOException {
    damage(slot, StateFile.HEADER_BYTES);

    crash(0, 5);

    assertThat(contents()).isEqualTo(OLD);
    write(NEW);
    damage(1 - slot, StateFile.HEADER_BYTES);
    assertThat(contents()).isEqualTo(NEW);
  }

  @Test
  void shouldRefuseAFileWhoseBothSlotsAreCorrupt() throws IOException {
    damage(0, 3);
    damage(1, StateFile.HEADER_BYTES);
    byte[] before = Files.readAllBytes(file);

    assertThatThrownBy(() -> StateFile.open(file))
        .isInstanceOf(AccessException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining("both copies")
        .hasMessageContaining("no header")
        .hasMessageContaining("checksum")
        .hasMessageNotContaining("\n");
    assertThat(Files.readAllBytes(file)).isEqualTo(before);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 63, 64, 66})
  void shouldRefuseAFileThatIsCutOffInItsFirstSlot(long length) throws IOException {
    truncate(length);

    assertThatThrownBy(() -> StateFile.open(file))
        .isInstanceOf(AccessException.class)
        .hasMessageContaining("cut off");
  }

  @Test
  void shouldUseTheSlotThatIsWholeWhereTheOtherIsCutOff() throws IOException {
    truncate(StateFile.SLOT_BYTES + 65);

    assertThat(contents()).isEqualTo(OLD);
  }

  private void truncate(long length) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(length);
    }
  }

  /** A crash in the n-th write, after so many of its bytes. */
  private void crash(int write, int bytesOfIt) {
    int[] writes = {0};
    try (StateFile state =
        StateFile.open(
            file,
            (channel, offset, bytes) -> {
              if (writes[0]++ < write) {
                StateFile.SlotWriter.durable(channel, offset, bytes);
                return;
              }
              bytes.limit(Math.min(bytes.limit(), bytesOfIt));
              StateFile.SlotWriter.durable(channel, offset, bytes);
              throw new IOException("crash");
            })) {
      assertThatThrownBy(() -> state.write(NEW))
          .isInstanceOf(AccessException.class)
          .hasMessageContaining("crash");
      // What is in the file is not known any more.
      assertThatThrownBy(() -> state.write(OLD)).hasMessageContaining("start the server again");
    }
  }

  @Test
  void shouldHaveTheStateBeforeOrAfterACrashAtEveryByte() {
    int length = StateFile.HEADER_BYTES + NEW.length;
    for (int bytes = 0; bytes <= length; bytes++) {
      crash(0, bytes);
      assertThat(contents()).as("after %d bytes", bytes).isEqualTo(bytes < length ? OLD : NEW);
      write(OLD);
    }
  }

  /** The first slot has it, and nobody was told. */
  @Test
  void shouldHaveTheNewStateAfterACrashBetweenTheTwoSlots() {
    for (int bytes = 0; bytes <= StateFile.HEADER_BYTES + NEW.length; bytes++) {
      crash(1, bytes);
      assertThat(contents()).as("after %d bytes", bytes).isEqualTo(NEW);
      write(OLD);
    }
  }

  @Test
  void shouldRefuseMoreThanThereIsRoomFor() {
    try (StateFile state = StateFile.open(file)) {
      assertThatThrownBy(() -> state.write(new byte[StateFile.MAX_BYTES + 1]))
          .isInstanceOfSatisfying(
              AccessException.class,
              e -> assertThat(e.reason()).isEqualTo(AccessException.Reason.FULL));
      byte[] most = new byte[StateFile.MAX_BYTES];
      state.write(most);
      assertThat(state.bytes()).isEqualTo(most);
    }
  }

  @Test
  void shouldLeaveAFileOfANewerVersionAlone() throws IOException {
    for (int slot = 0; slot < StateFile.SLOTS; slot++) {
      try (FileChannel channel =
          FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
        long at = slot * (long) StateFile.SLOT_BYTES;
        ByteBuffer header = ByteBuffer.allocate(StateFile.HEADER_BYTES);
        channel.read(header, at);
        header.putInt(8, StateFile.VERSION + 1);
        CRC32C crc = new CRC32C();
        crc.update(header.array(), 0, 60);
        header.putInt(60, (int) crc.getValue());
        channel.write(header.rewind(), at);
      }
    }

    assertThatThrownBy(() -> StateFile.open(file)).hasMessageContaining("version 2");
  }
}
