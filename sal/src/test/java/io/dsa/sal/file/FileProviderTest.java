package io.dsa.sal.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.dsa.sal.Device;
import io.dsa.sal.Devices;
import io.dsa.sal.StorageException;
import io.dsa.sal.StorageException.Category;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Names, kinds and sizes that are refused; on tmpfs, which every machine has. */
class FileProviderTest {
  private Path directory;

  @BeforeEach
  void makeDirectory() throws IOException {
    directory = Files.createTempDirectory(Path.of("/dev/shm"), "dsa");
  }

  @AfterEach
  void deleteDirectory() throws IOException {
    try (var files = Files.list(directory)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(directory);
  }

  @ParameterizedTest
  @ValueSource(strings = {"file:pool", "file:./pool", "file:/"})
  void shouldRefuseWhatIsNoAbsolutePathOfAFile(String uri) {
    refused(() -> Devices.open(uri), uri, Category.INVALID, "absolute path");
    refused(() -> Devices.create(uri, 1), uri, Category.INVALID, "absolute path");
  }

  @Test
  void shouldSayHowToMakeWhatIsMissing() throws IOException {
    refused("missing", Category.NO_DEVICE, "dsa pool format --size");
    Files.createSymbolicLink(directory.resolve("dangling"), directory.resolve("nowhere"));
    refused("dangling", Category.NO_DEVICE, "a symbolic link to a file that is not there");
    String dangling = "file:" + directory.resolve("dangling");
    refused(
        () -> Devices.create(dangling, 4096),
        dangling,
        Category.NO_DEVICE,
        "a symbolic link to a file that is not there");
    assertThat(directory.resolve("nowhere")).doesNotExist();
    Files.createFile(directory.resolve("file"));
    refused("file/pool", Category.NO_DEVICE, "no such file");
    Files.createSymbolicLink(directory.resolve("loop"), directory.resolve("loop"));
    refused("loop", Category.NO_DEVICE, "loop");
  }

  @ParameterizedTest
  @CsvSource({
    "/dev/null, a character device",
    "/dev/shm, a directory",
    "/proc/self/ns/../../self, a directory"
  })
  void shouldRefuseOtherKindsOfFile(String path, String kind) {
    String uri = "file:" + path;
    refused(() -> Devices.open(uri), uri, Category.WRONG_KIND, kind);
  }

  @Test
  void shouldNotWaitForTheOtherEndOfAPipe() throws Exception {
    Path pipe = directory.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    assertTimeoutPreemptively(
        Duration.ofSeconds(10), () -> refused("pipe", Category.WRONG_KIND, "no regular file"));
  }

  @Test
  void shouldRefuseASocket() throws IOException {
    try (var socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      socket.bind(UnixDomainSocketAddress.of(directory.resolve("socket")));
      refused("socket", Category.WRONG_KIND, "no regular file");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"proc/self/maps", "sys/kernel/uevent_seqnum"})
  void shouldRefuseWhatIsNotOnAMedium(String path) {
    String uri = "file:/" + path;
    refused(() -> Devices.open(uri), uri, Category.UNSUPPORTED, "its file system is ");
  }

  @Test
  void shouldRefuseAFileOfLessThanAPage() throws IOException {
    Path file = Files.write(directory.resolve("small"), new byte[4095]);
    refused("small", Category.WRONG_KIND, "has 4095 bytes");
    assertThat(Files.readAllBytes(file)).isEqualTo(new byte[4095]);
    Files.createFile(directory.resolve("empty"));
    refused("empty", Category.WRONG_KIND, "has 0 bytes");
  }

  @Test
  void shouldLeaveALastPageThatIsNotWholeUnused() throws IOException {
    Path file = Files.write(directory.resolve("odd"), new byte[3 * 4096 - 1]);
    try (Device device = Devices.open("file:" + file)) {
      assertThat(device.capacity()).isEqualTo(2 * 4096);
    }
    assertThat(Files.size(file)).isEqualTo(3 * 4096 - 1);
  }

  @Test
  void shouldRoundANewFileUpToWholePages() throws IOException {
    try (Device device = Devices.create("file:" + directory.resolve("new"), 1)) {
      assertThat(device.capacity()).isEqualTo(4096);
    }
    assertThat(Files.size(directory.resolve("new"))).isEqualTo(4096);
  }

  @ParameterizedTest
  @ValueSource(longs = {1L << 50, Long.MAX_VALUE})
  void shouldLeaveNothingOfAFileThatHasNoRoom(long bytes) {
    String uri = "file:" + directory.resolve("huge");
    refused(() -> Devices.create(uri, bytes), uri, Category.NO_SPACE, "are free");
    assertThat(directory.resolve("huge")).doesNotExist();
  }

  @Test
  void shouldNotFillTheFileSystemForASparseFileThatHasNoRoom() throws Exception {
    Path file = directory.resolve("sparse");
    assertThat(new ProcessBuilder("truncate", "-s", "1T", file.toString()).start().waitFor())
        .isZero();
    long free = Files.getFileStore(file).getUsableSpace();
    refused("sparse", Category.NO_SPACE, "are free");
    assertThat(Files.getFileStore(file).getUsableSpace()).isGreaterThan(free / 2);
  }

  @Test
  void shouldNotMakeWhatIsThereOrHasNoPlace() throws IOException {
    Path file = Files.writeString(directory.resolve("there"), "of value");
    String uri = "file:" + file;
    refused(() -> Devices.create(uri, 4096), uri, Category.EXISTS, "is there already");
    assertThat(file).hasContent("of value");
    String nowhere = "file:" + directory.resolve("none/pool");
    refused(() -> Devices.create(nowhere, 4096), nowhere, Category.NO_DEVICE, "make it first");
    for (String virtual : new String[] {"file:/proc/pool", "file:/sys/pool"}) {
      refused(
          () -> Devices.create(virtual, 4096),
          virtual,
          Category.UNSUPPORTED,
          "its file system is ");
    }
    String parent = "file:" + directory;
    refused(() -> Devices.create(parent, 4096), parent, Category.WRONG_KIND, "a directory");
  }

  private void refused(String name, Category category, String why) {
    String uri = "file:" + directory.resolve(name);
    refused(() -> Devices.open(uri), uri, category, why);
  }

  private static void refused(ThrowingCallable call, String uri, Category category, String why) {
    assertThatExceptionOfType(StorageException.class)
        .isThrownBy(call)
        .withMessageContaining(uri)
        .withMessageContaining(why)
        .satisfies(e -> assertThat(e.category()).isEqualTo(category))
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
  }
}
