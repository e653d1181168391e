package io.dsa.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Mistakes that are found before anything is asked of a server. */
final class UsageTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "frob | frob",
        "volume frob | frob",
        "volume create | NAME",
        "volume create v --size 0 --admin https://h | at least 1 byte",
        "volume create v --size -5 --admin https://h | -5",
        "volume create v --size 12parsecs --admin https://h | 12parsecs",
        "volume create v --size 99999999999999TiB --admin https://h | too large",
        "volume create a/b --admin https://h | a/b",
        "volume create .hidden --admin https://h | .hidden",
        "get v f --server h:port | h:port",
        "get v f --server h:0 | h:0",
        "get v f --server h:65536 | h:65536",
        "get v f --server : | HOST:PORT",
        "volume list --admin https://h -o yaml | yaml",
        "volume list --nonsense | --nonsense",
        "put /etc/passwd v --server h --durability hope | hope",
        "put /etc/passwd v w --server h | w",
        "bench v --ops 0 --server h | --ops",
        "bench v --mode scrub --server h | scrub",
        "bench v --mode write --server h | --overwrite",
        "bench v --mode durable-append --server h | --overwrite",
        "bench v --order backwards --server h | backwards",
        "bench v --mode durable-append --overwrite --order random --server h | --order random",
        "bench v --block 0 --server h | at least 1 byte",
        "bench v --block 2GiB --server h | --block",
        "bench v --block 4KiB --depth 0 --server h | --depth",
        "bench v --depth 1025 --server h | 1024",
        "bench v --mode durable-write --overwrite --depth 1025 --server h | 1024",
        "bench v --threads 0 --server h | --threads",
        "bench v --threads 65 --server h | --threads",
        "bench v --queues 0 --server h | --queues",
        "bench v --mode mixed --overwrite --read-percent 100 --server h | --read-percent",
        "bench v --wait forever --server h | forever",
        "bench v --duration 0 --server h | --duration",
        "bench v --duration soon --server h | soon",
        "bench v --warm-up -1 --server h | --warm-up",
        "bench v --reconnect -1 --server h | --reconnect",
        "bench v --verify --block 60 --server h | --verify",
        "bench v --verify --block 1001 --server h | multiple of 8",
        "bench v --block 1GiB --depth 2 --server h | 3GiB",
        "bench v --ops many --server h | many",
        "get v f --bytes 0 --server h | at least 1 byte",
        "volume list --admin https://h --timeout 0 | --timeout",
        "server | --config",
        "help volume frob | frob",
      })
  void shouldRefuseInOneLineThatNamesTheThing(String arguments, String named) {
    CommandRun run = CommandRun.of(arguments.split(" "));

    assertThat(run.status()).isEqualTo(ExitCode.USAGE.status());
    assertThat(run.errorLine()).startsWith("dsa: ").contains(named).contains("--help");
    assertThat(run.out()).isEmpty();
  }

  /** Only the commands are made that are named, which must not show. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--help | bench",
        "--help volume list | bench",
        "-h server | volume",
        "volume --help list | rename",
        "volume --help | rename",
        "help volume | rename",
        "completion | rename",
      })
  void shouldShowEveryCommandThatThereIs(String arguments, String shown) {
    CommandRun run = CommandRun.of(arguments.split(" "));

    assertThat(run.status()).isZero();
    assertThat(run.out()).contains(shown);
  }

  @Test
  void shouldAskForTheServerWhereNoneIsNamed() {
    assumeTrue(System.getenv("DSA_SERVER") == null);
    CommandRun run = CommandRun.of("get", "v", "/tmp/none");

    assertThat(run.status()).isEqualTo(ExitCode.USAGE.status());
    assertThat(run.errorLine()).contains("--server").contains("DSA_SERVER");
  }

  @ParameterizedTest
  @CsvSource({"''", "pool", "volume"})
  void shouldShowUsageWhereTheVerbIsMissing(String noun) {
    CommandRun run = noun.isEmpty() ? CommandRun.of() : CommandRun.of(noun);

    assertThat(run.status()).isEqualTo(ExitCode.USAGE.status());
    assertThat(run.err()).startsWith("Usage: dsa");
  }

  @Test
  void shouldNameAFileThatIsNotThere(@TempDir Path directory) {
    Path missing = directory.resolve("missing");

    CommandRun run = CommandRun.of("put", missing.toString(), "v", "--server", "h");

    assertThat(run.status()).isEqualTo(ExitCode.IO.status());
    assertThat(run.errorLine()).isEqualTo("dsa: " + missing + ": no such file or directory");
  }

  @Test
  void shouldRefuseADirectoryAsAFile(@TempDir Path directory) {
    CommandRun put = CommandRun.of("put", directory.toString(), "v", "--server", "h");
    CommandRun get = CommandRun.of("get", "v", directory.toString(), "--server", "h");

    assertThat(put.status()).isEqualTo(ExitCode.IO.status());
    assertThat(put.errorLine()).contains(directory.toString()).contains("is a directory");
    assertThat(get.status()).isEqualTo(ExitCode.IO.status());
    assertThat(get.errorLine()).contains(directory.toString()).contains("is a directory");
  }

  @Test
  void shouldNameAConfigurationThatIsNotThere(@TempDir Path directory) {
    Path missing = directory.resolve("server.yaml");

    CommandRun run = CommandRun.of("server", "--config", missing.toString());

    assertThat(run.status()).isEqualTo(ExitCode.CONFIGURATION.status());
    assertThat(run.errorLine()).contains(missing.toString());
  }

  @Test
  void shouldNameTheKeyThatIsWrongInAConfiguration(@TempDir Path directory) throws Exception {
    Path file =
        Files.writeString(directory.resolve("server.yaml"), "listn: 127.0.0.1:7470\npools: [a]\n");

    CommandRun run = CommandRun.of("server", "--config", file.toString());

    assertThat(run.status()).isEqualTo(ExitCode.CONFIGURATION.status());
    assertThat(run.errorLine()).contains(file.toString()).contains("listn");
  }

  private static Path mode(Path file, String mode) throws Exception {
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
  }

  @Test
  void shouldRefuseCredentialsThatCannotBeUsed(@TempDir Path directory) throws Exception {
    Path open = mode(Files.writeString(directory.resolve("c"), "ada:x"), "rw-r--r--");
    Path missing = directory.resolve("none");

    for (Path file : List.of(open, missing)) {
      CommandRun run = CommandRun.of("volume", "list", "--credentials", file.toString());

      assertThat(run.status()).isEqualTo(ExitCode.NOT_PERMITTED.status());
      assertThat(run.errorLine()).contains(file.toString());
    }
  }

  @Test
  void shouldRefuseToServeTheWorldWithoutAuthentication(@TempDir Path directory) throws Exception {
    Path file =
        Files.writeString(directory.resolve("server.yaml"), "{listen: 8.8.8.8, pools: ['a:b']}");

    CommandRun run = CommandRun.of("server", "--config", file.toString(), "--insecure");

    assertThat(run.status()).isEqualTo(ExitCode.CONFIGURATION.status());
    assertThat(run.errorLine()).contains("8.8.8.8").contains("--insecure");
  }

  @Test
  void shouldRefuseAStateDirectoryThatOthersCanRead(@TempDir Path directory) throws Exception {
    Path state = mode(Files.createDirectory(directory.resolve("state")), "rwxr-xr-x");
    Path file =
        Files.writeString(
            directory.resolve("server.yaml"),
            "{listen: 127.0.0.1, pools: ['a:b'], state-directory: " + state + "}");

    CommandRun run = CommandRun.of("server", "--config", file.toString());

    assertThat(run.status()).isEqualTo(ExitCode.CONFIGURATION.status());
    assertThat(run.errorLine()).contains("chmod 700 " + state);
    assertThat(state).isEmptyDirectory();
  }

  @Test
  void shouldNameAHostThatIsUnknown() {
    for (CommandRun run :
        List.of(
            CommandRun.of("get", "v", "/tmp/none", "--server", "no-such-host.invalid"),
            CommandRun.of("volume", "list", "--admin", "https://no-such-host.invalid"))) {
      assertThat(run.status()).isEqualTo(ExitCode.UNREACHABLE.status());
      assertThat(run.errorLine()).contains("no-such-host.invalid");
    }
  }

  @Test
  void shouldNameADeviceThatIsNotThere() {
    CommandRun run = CommandRun.of("pool", "format", "devdax:/dev/dax99.9");

    assertThat(run.status()).isEqualTo(ExitCode.STORAGE.status());
    assertThat(run.errorLine()).contains("/dev/dax99.9");
  }

  @Test
  void shouldNameADeviceThatIsNoDaxDevice() {
    CommandRun run = CommandRun.of("pool", "format", "devdax:/dev/null");

    assertThat(run.status()).isEqualTo(ExitCode.STORAGE.status());
    assertThat(run.errorLine()).contains("/dev/null");
  }

  @Test
  void shouldSayThatMemoryNeedsNoFormatting() {
    CommandRun run = CommandRun.of("pool", "format", "memory:16MiB");

    assertThat(run.status()).isEqualTo(ExitCode.UNSUPPORTED.status());
    assertThat(run.errorLine()).contains("memory:16MiB").contains("volatile");
  }

  @Test
  void shouldShowTheStackTraceOnlyWhenAsked(@TempDir Path directory) {
    String[] arguments = {"put", directory.resolve("missing").toString(), "v", "--server", "h"};
    String[] verbose = {"--verbose", "put", arguments[1], "v", "--server", "h"};

    assertThat(CommandRun.of(arguments).err()).doesNotContain("\tat ");
    assertThat(CommandRun.of(verbose).err()).contains("NoSuchFileException").contains("\tat ");
  }

  @Test
  void shouldPrintTheVersion() {
    CommandRun run = CommandRun.of("--version");

    assertThat(run.status()).isZero();
    assertThat(run.out()).startsWith("dsa ").contains("Java 25");
  }
}
