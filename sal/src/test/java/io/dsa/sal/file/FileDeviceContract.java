package io.dsa.sal.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.dsa.sal.Device;
import io.dsa.sal.DeviceContract;
import io.dsa.sal.Devices;
import io.dsa.sal.StorageException;
import io.dsa.sal.StorageException.Category;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The contract on a file, wherever a subclass puts it. */
abstract class FileDeviceContract extends DeviceContract {
  /** For a symbolic link: hugetlbfs knows none. */
  @TempDir private Path elsewhere;

  /** Not a temporary directory of JUnit's: the base class opens the device first. */
  private Path directory;

  /** Returns a directory on the file system in question. */
  abstract Path place() throws IOException;

  final Path file() {
    return directory().resolve("pool");
  }

  private Path directory() {
    if (directory == null) {
      try {
        directory = Files.createTempDirectory(place(), "dsa");
        Devices.create("file:" + directory.resolve("pool"), 6 << 20).close();
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }
    return directory;
  }

  @Override
  protected final String uri() {
    return "file:" + file();
  }

  @Override
  protected final Optional<String> newUri() {
    return Optional.of("file:" + directory().resolve("new"));
  }

  @Override
  protected final void remove() throws IOException {
    if (directory == null) {
      return;
    }
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  @Test
  void shouldBeReachedBySymbolicLinkAndLockedWhateverTheNameIs() throws IOException {
    Path link = Files.createSymbolicLink(elsewhere.resolve("symbolic"), file());
    Path hard = Files.createLink(directory().resolve("hard"), file());
    for (Path other : List.of(link, hard)) {
      busy("file:" + other);
    }
    device().close();
    for (Path other : List.of(link, hard)) {
      try (Device byOtherName = Devices.open("file:" + other)) {
        assertThat(byOtherName.uri()).isEqualTo("file:" + other);
        busy(uri());
      }
    }
  }

  @Test
  void shouldLeaveNothingOpenOrMapped() throws IOException {
    device().close();
    for (int i = 0; i < 20; i++) {
      Devices.open(uri()).close();
    }
    assertThat(Files.readString(Path.of("/proc/self/maps"))).doesNotContain(file().toString());
    try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
      assertThat(descriptors.map(FileDeviceContract::target)).noneMatch(file()::equals);
    }
  }

  @Test
  void shouldGiveEveryPageAPlaceWhenItOpensASparseFile() throws Exception {
    device().write(5, MemorySegment.ofArray(new byte[] {5}));
    device().persist(5, 1);
    device().close();
    try (RandomAccessFile sparse = new RandomAccessFile(file().toFile(), "rw")) {
      sparse.setLength(8 << 20);
    }
    assertThat(blocks(file())).isLessThan(8L << 20);
    try (Device open = Devices.open(uri())) {
      assertThat(blocks(file())).isGreaterThanOrEqualTo(8L << 20);
      assertThat(open.capacity()).isEqualTo(8L << 20);
      assertThat(open.memory().get(ValueLayout.JAVA_BYTE, 5)).isEqualTo((byte) 5);
      assertThat(open.memory().get(ValueLayout.JAVA_BYTE, (8 << 20) - 1)).isZero();
    }
  }

  private static void busy(String uri) {
    assertThatExceptionOfType(StorageException.class)
        .isThrownBy(() -> Devices.open(uri))
        .withMessageContaining(uri + " is in use")
        .satisfies(e -> assertThat(e.category()).isEqualTo(Category.BUSY));
  }

  /** How much of the medium a file takes up, in bytes; Java cannot say. */
  private static long blocks(Path file) throws IOException {
    Process stat = new ProcessBuilder("stat", "-c", "%b", file.toString()).start();
    return Long.parseLong(stat.inputReader().readLine()) * 512;
  }

  private static Path target(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor);
    } catch (IOException e) {
      return descriptor; // closed since it was listed
    }
  }
}
