package io.dsa.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.dsa.sal.Device;
import io.dsa.sal.Devices;
import io.dsa.sal.Pool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands for the pool on a device that no server has. */
final class PoolCommandsTest {
  private static final long MIB = 1L << 20;

  @TempDir private Path directory;
  private Path file;
  private String uri;

  @BeforeEach
  void nameADevice() {
    file = directory.resolve("pool");
    uri = "file:" + file;
  }

  @Test
  void shouldMakeTheFileAndFormatIt() throws Exception {
    CommandRun run = CommandRun.of("pool", "format", uri, "--size", "16MiB", "--name", "p1");

    assertThat(run.err()).isEmpty();
    assertThat(run.status()).isZero();
    assertThat(run.out()).isEqualTo("formatted " + uri + ": 14MiB for volumes\n");
    assertThat(Files.size(file)).isEqualTo(16 * MIB);
    CommandRun show = CommandRun.of("pool", "show", uri);
    assertThat(show.status()).isZero();
    assertThat(show.out()).contains("p1").contains("14MiB");
  }

  @ParameterizedTest
  @CsvSource({
    "4194303, 12, at least 4MiB",
    "1, 12, at least 4MiB",
    "0, 2, at least 1 byte",
    "-1, 2, -1",
    "many, 2, many",
    "99999999999999TiB, 2, too large",
  })
  void shouldRefuseABadSizeAndMakeNoFile(String size, int status, String named) {
    CommandRun run = CommandRun.of("pool", "format", uri, "--size", size);

    assertThat(run.status()).isEqualTo(status);
    assertThat(run.errorLine()).contains(named);
    assertThat(file).doesNotExist();
  }

  @Test
  void shouldRefuseABadNameAndMakeNoFile() {
    for (String name : new String[] {"a\u0007b", "x".repeat(10_000)}) {
      CommandRun run = CommandRun.of("pool", "format", uri, "--size", "16MiB", "--name", name);

      assertThat(run.status()).isEqualTo(ExitCode.INVALID.status());
      assertThat(run.errorLine()).contains("pool name").hasSizeLessThan(300);
      assertThat(file).doesNotExist();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "--force"})
  void shouldNeverMakeAFileAnewThatIsThere(String force) throws Exception {
    byte[] before = "somebody's data".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    Files.write(file, before);
    String[] arguments =
        force.isEmpty()
            ? new String[] {"pool", "format", uri, "--size", "16MiB"}
            : new String[] {"pool", "format", uri, "--size", "16MiB", force};

    CommandRun run = CommandRun.of(arguments);

    assertThat(run.status()).isEqualTo(ExitCode.EXISTS.status());
    assertThat(run.errorLine()).contains(uri);
    assertThat(Files.readAllBytes(file)).isEqualTo(before);
  }

  @Test
  void shouldSayThatADeviceHasItsSize() {
    for (String device : new String[] {"devdax:/dev/dax0.0", "memory:16MiB"}) {
      CommandRun run = CommandRun.of("pool", "format", device, "--size", "16MiB");

      assertThat(run.status()).isEqualTo(ExitCode.UNSUPPORTED.status());
      assertThat(run.errorLine()).contains(device).contains("is of a kind that dsa cannot make");
    }
  }

  @Test
  void shouldFormatOverAPoolOnlyWhenForced() throws Exception {
    makeAPool();
    byte[] before = Files.readAllBytes(file);

    CommandRun careful = CommandRun.of("pool", "format", uri);

    assertThat(careful.status()).isEqualTo(ExitCode.EXISTS.status());
    assertThat(careful.errorLine()).contains("holds a DSA pool").contains("--force");
    assertThat(Files.readAllBytes(file)).isEqualTo(before);
    assertThat(CommandRun.of("pool", "format", uri, "--force").status()).isZero();
    assertThat(CommandRun.of("pool", "show", uri).out()).contains("volumes         0");
  }

  @Test
  void shouldShowAPoolAndItsVolumes() throws Exception {
    String id = makeAPool();
    byte[] before = Files.readAllBytes(file);

    CommandRun text = CommandRun.of("pool", "show", uri);
    CommandRun json = CommandRun.of("pool", "show", uri, "-o", "json");

    assertThat(text.status()).isZero();
    assertThat(text.out())
        .contains("id              " + id)
        .contains("name            test")
        .contains("format version  1")
        .contains("for volumes     14MiB")
        .contains("free            10MiB")
        .containsPattern("VOLUME +SIZE +EXTENTS +STATE\nv +3MiB +1 +ready\n");
    assertThat(json.out())
        .startsWith(
            "{\"apiVersion\":1,\"kind\":\"PoolDescription\",\"uri\":\""
                + uri
                + "\",\"id\":\""
                + id
                + "\",\"name\":\"test\",\"formatVersion\":1,\"generation\":3,\"capacity\":14680064,"
                + "\"free\":10485760,\"volumes\":[{\"name\":\"v\",\"id\":\"")
        .endsWith(
            "\"bytes\":3145728,\"allocated\":4194304,\"extents\":1,\"state\":\"ready\",\"space\":"
                + "[{\"offset\":2097152,\"length\":4194304}]}]}\n");
    assertThat(Files.readAllBytes(file)).isEqualTo(before);
  }

  @Test
  void shouldFindASoundPoolSound() throws Exception {
    makeAPool();

    CommandRun text = CommandRun.of("pool", "check", uri);
    CommandRun json = CommandRun.of("pool", "check", uri, "-o", "json");

    assertThat(text.status()).isZero();
    assertThat(text.out())
        .contains("verdict  sound")
        .contains("slot 0   sound, generation 3, 1 of 1 volumes can be read");
    assertThat(json.status()).isZero();
    assertThat(json.out())
        .startsWith(
            "{\"apiVersion\":1,\"kind\":\"PoolCheck\",\"uri\":\""
                + uri
                + "\",\"sound\":true,\"usable\":true,\"deviceCapacity\":16777216,\"slots\":[{"
                + "\"slot\":0,\"state\":\"sound\",\"generation\":3,\"volumesSaid\":1,\"volumes\":[{")
        .endsWith(",\"findings\":[]}\n");
  }

  @Test
  void shouldSayWhatIsDamagedAndWriteNothing() throws Exception {
    makeAPool();
    damage(4096 + 20);
    byte[] before = Files.readAllBytes(file);

    CommandRun text = CommandRun.of("pool", "check", uri);
    CommandRun json = CommandRun.of("pool", "check", uri, "-o", "json");

    assertThat(text.status()).isEqualTo(ExitCode.STORAGE.status());
    assertThat(text.err()).isEmpty();
    assertThat(text.out())
        .contains("verdict  damaged, nothing lost")
        .contains(
            "DAMAGE in slot 1 at byte 4220: its header's checksum is wrong\n  nothing is lost");
    assertThat(json.status()).isEqualTo(ExitCode.STORAGE.status());
    assertThat(json.out())
        .contains("\"sound\":false,\"usable\":true")
        .contains("{\"severity\":\"damage\",\"slot\":1,\"offset\":4220,\"what\":");
    assertThat(Files.readAllBytes(file)).isEqualTo(before);
  }

  @Test
  void shouldSayWhatIsLostWhereBothSlotsAreCorrupt() throws Exception {
    makeAPool();
    damage(20);
    damage(4096 + 20);
    byte[] before = Files.readAllBytes(file);

    CommandRun check = CommandRun.of("pool", "check", uri);
    CommandRun json = CommandRun.of("pool", "check", uri, "-o", "json");
    CommandRun show = CommandRun.of("pool", "show", uri);

    assertThat(check.status()).isEqualTo(ExitCode.STORAGE.status());
    assertThat(check.out())
        .contains("verdict  cannot be used")
        .contains("slot 1   damaged, 1 of 1 volumes can be read")
        .contains("LOSS: " + uri + ": both metadata slots of the pool are corrupt");
    assertThat(json.out())
        .contains("{\"severity\":\"loss\",\"slot\":null,\"offset\":null,\"what\":");
    assertThat(show.status()).isEqualTo(ExitCode.STORAGE.status());
    assertThat(show.errorLine())
        .contains(uri)
        .contains("nothing was written; 'dsa pool check' shows");
    assertThat(Files.readAllBytes(file)).isEqualTo(before);
  }

  @ParameterizedTest
  @ValueSource(longs = {4096, MIB, 5 * MIB})
  void shouldFindThatADeviceWasCut(long left) throws Exception {
    makeAPool();
    try (var channel = java.nio.channels.FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(left);
    }
    byte[] before = Files.readAllBytes(file);

    CommandRun check = CommandRun.of("pool", "check", uri);
    CommandRun show = CommandRun.of("pool", "show", uri);

    assertThat(check.status()).isEqualTo(ExitCode.STORAGE.status());
    assertThat(check.out())
        .contains("slot 0 ")
        .contains("its last " + (16 * MIB - left) + " bytes are missing");
    assertThat(show.status()).isEqualTo(ExitCode.STORAGE.status());
    assertThat(show.errorLine())
        .contains("formatted on a device of 16777216 bytes")
        .contains("'dsa pool check' shows");
    assertThat(Files.readAllBytes(file)).isEqualTo(before);
  }

  @Test
  void shouldNameTheFileSystemThatIsThere() throws Exception {
    try (var channel =
        java.nio.channels.FileChannel.open(
            file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      channel.write(java.nio.ByteBuffer.allocate(1), 16 * MIB - 1);
    }
    Process mkfs =
        new ProcessBuilder(
                "sh",
                "-c",
                "PATH=$PATH:/usr/sbin:/sbin; exec mkfs.ext4 -q -F \"$0\"",
                file.toString())
            .redirectErrorStream(true)
            .start();
    assertThat(mkfs.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(mkfs.exitValue()).isZero();
    byte[] before = Files.readAllBytes(file);

    CommandRun format = CommandRun.of("pool", "format", uri);
    CommandRun show = CommandRun.of("pool", "show", uri);
    CommandRun check = CommandRun.of("pool", "check", uri);

    assertThat(format.status()).isEqualTo(ExitCode.EXISTS.status());
    assertThat(format.errorLine()).contains("holds an ext2, ext3 or ext4 file system");
    assertThat(show.status()).isEqualTo(ExitCode.STORAGE.status());
    assertThat(show.errorLine()).contains("it holds an ext2, ext3 or ext4 file system");
    assertThat(check.status()).isEqualTo(ExitCode.STORAGE.status());
    assertThat(check.out()).contains("it holds an ext2, ext3 or ext4 file system");
    assertThat(Files.readAllBytes(file)).isEqualTo(before);
  }

  @Test
  void shouldSendWhoLooksAtAServedPoolToTheServer() throws Exception {
    makeAPool();
    try (Device device = Devices.open(uri);
        Pool pool = Pool.open(device)) {
      for (String verb : new String[] {"show", "check"}) {
        CommandRun run = CommandRun.of("pool", verb, pool.device().uri());

        assertThat(run.status()).isEqualTo(ExitCode.BUSY.status());
        assertThat(run.errorLine()).contains(uri).contains("'dsa pool list'");
      }
      CommandRun format = CommandRun.of("pool", "format", uri, "--force");
      assertThat(format.status()).isEqualTo(ExitCode.BUSY.status());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"show", "check"})
  void shouldSayThatMemoryHasAPoolOnlyInItsServer(String verb) {
    CommandRun run = CommandRun.of("pool", verb, "memory:16MiB");

    assertThat(run.status()).isEqualTo(ExitCode.UNSUPPORTED.status());
    assertThat(run.errorLine()).contains("memory:16MiB").contains("'dsa pool list'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"show", "check"})
  void shouldNameADeviceThatIsNotThere(String verb) {
    CommandRun run = CommandRun.of("pool", verb, uri);

    assertThat(run.status()).isEqualTo(ExitCode.STORAGE.status());
    assertThat(run.errorLine()).contains(uri);
    assertThat(file).doesNotExist();
  }

  /** Returns the id of a pool of 16 MiB with one volume. */
  private String makeAPool() throws IOException {
    assertThat(CommandRun.of("pool", "format", uri, "--size", "16MiB", "--name", "test").status())
        .isZero();
    try (Device device = Devices.open(uri);
        Pool pool = Pool.open(device)) {
      pool.createVolume("v", 3 * MIB);
      return pool.id().toString();
    }
  }

  private void damage(int offset) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[offset] ^= 1;
    Files.write(file, bytes);
  }
}
