package io.dsa.lab.cli;

import static io.dsa.lab.cli.DsaCommandAssert.assertThatCommand;
import static org.assertj.core.api.Assertions.assertThat;

import io.dsa.client.DsaClient;
import io.dsa.client.Volume;
import io.dsa.lab.LabDevice;
import io.dsa.protocol.OpenMode;
import io.dsa.protocol.PoolInfo;
import io.dsa.protocol.VolumeInfo;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What goes wrong is said in one line, and leaves the server as it was. */
@Tag("lab")
final class BadInputTest {
  private static final String POOL = "memory:64MiB";
  private static final String SMALL = "small";
  private static final long SMALL_BYTES = 1 << 20;

  private static DsaServerProcess server;

  @TempDir private Path directory;

  /** What the server has, apart from what clients are doing. */
  private record State(List<VolumeInfo> volumes, List<PoolInfo> pools) {
    static State now() {
      try (DsaClient client = server.connect()) {
        return new State(client.volumes(), client.pools());
      }
    }
  }

  private State before;

  @BeforeAll
  static void start() throws Exception {
    server = DsaServerProcess.start(POOL);
    try (DsaClient client = server.connect()) {
      client.createVolume(SMALL, SMALL_BYTES);
    }
  }

  @AfterAll
  static void stop() throws Exception {
    server.close();
  }

  @BeforeEach
  void remember() {
    before = State.now();
  }

  @AfterEach
  void shouldHaveLeftTheServerAsItWas() {
    assertThat(State.now()).isEqualTo(before);
  }

  private static DsaCommand run(String... arguments) throws Exception {
    return DsaCommand.run(
        Stream.concat(Stream.of(arguments), Stream.of("--server", server.address()))
            .toArray(String[]::new));
  }

  @ParameterizedTest
  @CsvSource({"volume show nope", "volume delete nope", "put /etc/passwd nope"})
  void shouldNameAVolumeThatIsUnknown(String command) throws Exception {
    assertThatCommand(run(command.split(" "))).failed(8, "nope", "dsa volume list");
  }

  @Test
  void shouldLeaveNoFileOfAVolumeThatIsUnknown() throws Exception {
    Path file = directory.resolve("file");

    assertThatCommand(run("get", "nope", file.toString())).failed(8, "nope");

    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files).isEmpty();
    }
  }

  @Test
  void shouldRefuseASizeOfZero() throws Exception {
    assertThatCommand(run("volume", "create", "none", "--size", "0")).failed(2, "--size", "'0'");
  }

  @Test
  void shouldRefuseASizeBeyondThePool() throws Exception {
    assertThatCommand(run("volume", "create", "huge", "--size", "1TiB"))
        .failed(10, "huge", "1TiB", POOL);
  }

  @Test
  void shouldRefuseANameThatIsTaken() throws Exception {
    assertThatCommand(run("volume", "create", SMALL)).failed(9, SMALL);
  }

  @Test
  void shouldRefuseAFileThatDoesNotFit() throws Exception {
    Path file = RandomFile.write(directory.resolve("file"), SMALL_BYTES + 1);

    assertThatCommand(run("put", file.toString(), SMALL))
        .failed(10, file.toString(), SMALL, Long.toString(SMALL_BYTES + 1));
  }

  @Test
  void shouldRefuseToReadMoreThanThereIs() throws Exception {
    Path file = directory.resolve("file");

    assertThatCommand(run("get", SMALL, file.toString(), "--bytes", "2MiB"))
        .failed(12, "--bytes", SMALL);

    assertThat(file).doesNotExist();
  }

  @Test
  void shouldSayThatSomebodyElseWrites() throws Exception {
    try (DsaClient client = server.connect();
        Volume held = client.open(SMALL, OpenMode.READ_WRITE)) {
      assertThat(held.name()).isEqualTo(SMALL);
      assertThatCommand(run("put", "/etc/passwd", SMALL)).failed(11, SMALL);
    }
  }

  @Test
  void shouldSayThatAVolatileVolumeIsNotDurable() throws Exception {
    assertThatCommand(run("put", "/etc/passwd", SMALL)).succeeded().printed("NOT durable");
  }

  @Test
  void shouldSayWhereNobodyListens() throws Exception {
    String address = LabDevice.HOST + ":7399";

    assertThatCommand(DsaCommand.run("volume", "list", "--server", address))
        .failed(4, address, "dsa server");
  }

  @Test
  void shouldSayWhichHostDoesNotAnswer() throws Exception {
    assertThatCommand(DsaCommand.run("volume", "list", "--server", "10.9.0.99"))
        .failed(3, "10.9.0.99:7470");
  }

  @Test
  void shouldSayWhichPortIsInUse() throws Exception {
    Path config = DsaServerProcess.config(server.port(), "memory:4MiB");

    assertThatCommand(DsaCommand.startOnServerHost("server", "--config", config.toString()).await())
        .failed(18, LabDevice.HOST, "in use");
  }

  @ParameterizedTest
  @CsvSource({"/dev/dax99.9, 17", "/dev/zero, 17", "/etc/passwd, 17"})
  void shouldNameADeviceThatIsNone(String device, int status) throws Exception {
    assertThatCommand(DsaCommand.run("pool", "format", "devdax:" + device)).failed(status, device);
  }

  @Test
  void shouldNameADeviceThatIsNoneOfTheServer() throws Exception {
    Path config = DsaServerProcess.config(7397, "devdax:/dev/dax99.9");

    assertThatCommand(DsaCommand.startOnServerHost("server", "--config", config.toString()).await())
        .failed(17, "devdax:/dev/dax99.9");
  }

  @Test
  void shouldSayThatAnAddressHasNoRdmaDevice() throws Exception {
    Path config =
        Files.writeString(
            directory.resolve("server.yaml"), "listen: 127.0.0.1:7397\npools: ['memory:4MiB']\n");

    assertThatCommand(DsaCommand.startOnServerHost("server", "--config", config.toString()).await())
        .failed(18, "127.0.0.1:7397", "rdma link");
  }

  /** A machine without RDMA has no device files for it. */
  @ParameterizedTest
  @CsvSource({"client, 5", "server, 18"})
  void shouldSayThatTheMachineHasNoRdmaDevice(String role, int status) throws Exception {
    List<String> withoutDevices =
        List.of(
            "unshare",
            "--mount",
            "sh",
            "-c",
            "mount -t tmpfs none /dev/infiniband; exec \"$@\"",
            "sh");
    Path config = DsaServerProcess.config(7397, "memory:4MiB");
    List<String> arguments =
        role.equals("server")
            ? List.of("server", "--config", config.toString())
            : List.of("volume", "list", "--server", server.address());

    assertThatCommand(DsaCommand.start(withoutDevices, arguments).await()).failed(status, "RDMA");
  }
}
