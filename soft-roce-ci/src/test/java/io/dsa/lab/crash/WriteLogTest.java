package io.dsa.lab.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WriteLogTest {
  private static final int SECTOR = 512;
  private static final long MAGIC = 0x6A736677736872L;

  @TempDir private Path directory;
  private final ByteBuffer log = ByteBuffer.allocate(64 * SECTOR).order(ByteOrder.LITTLE_ENDIAN);

  @BeforeEach
  void begin() {
    head(5);
    write(2, 0, 1, 1);
    write(0, 3, 1, 2);
    mark("m7");
    write(2, 0, 1, 3);
    entry(1, 2, 4, 0);
  }

  private void head(long entries) {
    log.putLong(0, MAGIC).putLong(8, 1).putLong(16, entries).putInt(24, SECTOR).position(SECTOR);
  }

  private void entry(long sector, long sectors, long flags, long textLength) {
    log.putLong(sector).putLong(sectors).putLong(flags).putLong(textLength);
    log.position(log.position() + SECTOR - 32);
  }

  private void write(long sector, long flags, int sectors, int value) {
    entry(sector, sectors, flags, 0);
    for (int i = 0; i < sectors * SECTOR; i++) {
      log.put((byte) value);
    }
  }

  private void mark(String text) {
    int at = log.position();
    entry(0, 0, 8, text.length());
    log.put(at + 32, text.getBytes(StandardCharsets.US_ASCII));
  }

  private FileChannel channel(int length) throws IOException {
    Path file = directory.resolve("log");
    Files.write(file, Arrays.copyOf(log.array(), length));
    return FileChannel.open(file, StandardOpenOption.READ);
  }

  @Test
  void shouldReadEntriesAndMarks() throws IOException {
    try (FileChannel channel = channel(log.position())) {
      WriteLog read = WriteLog.read(channel);

      assertThat(read.entries())
          .extracting(WriteLog.Entry::isBarrier)
          .containsExactly(false, true, false, false, false);
      assertThat(read.entries())
          .extracting(WriteLog.Entry::mark)
          .containsExactly(
              Optional.empty(),
              Optional.empty(),
              Optional.of("m7"),
              Optional.empty(),
              Optional.empty());
    }
  }

  @Test
  void shouldReplayAnyPart() throws IOException {
    Path image = directory.resolve("image");
    try (FileChannel channel = channel(log.position());
        FileChannel device =
            FileChannel.open(image, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      WriteLog read = WriteLog.read(channel);

      read.replay(0, 2, device);
      assertThat(sectors(image)).containsExactly(2, 0, 1);

      read.replay(2, 4, device);
      assertThat(sectors(image)).containsExactly(2, 0, 3);

      read.replay(4, 5, device);
      assertThat(sectors(image)).containsExactly(2, 0, 0);
    }
  }

  /** What each sector is filled with. */
  private static int[] sectors(Path image) throws IOException {
    byte[] bytes = Files.readAllBytes(image);
    int[] values = new int[bytes.length / SECTOR];
    for (int i = 0; i < bytes.length; i++) {
      assertThat(bytes[i]).isEqualTo(bytes[i / SECTOR * SECTOR]);
      values[i / SECTOR] = bytes[i];
    }
    return values;
  }

  @Test
  void shouldRefuseALogThatEndsEarly() throws IOException {
    try (FileChannel channel = channel(3 * SECTOR)) {
      assertThatExceptionOfType(EOFException.class).isThrownBy(() -> WriteLog.read(channel));
    }
  }

  @Test
  void shouldRefuseWhatIsNoLog() throws IOException {
    log.putLong(0, 1);
    try (FileChannel channel = channel(log.position())) {
      assertThatExceptionOfType(IOException.class)
          .isThrownBy(() -> WriteLog.read(channel))
          .withMessageContaining("no log");
    }
  }
}
