package io.dsa.lab.cli;

import static io.dsa.lab.cli.DsaCommandAssert.assertThatCommand;
import static org.assertj.core.api.Assertions.assertThat;

import io.dsa.client.DsaClient;
import io.dsa.client.Volume;
import io.dsa.lab.LabAccess;
import io.dsa.lab.LabDevice;
import io.dsa.protocol.OpenMode;
import io.dsa.protocol.PoolInfo;
import io.dsa.protocol.VolumeInfo;
import io.dsa.server.DsaServer;
import io.dsa.server.ServerConfig;
import java.net.InetSocketAddress;
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
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What goes wrong is said in one line, and leaves the server as it was. How a process says it is
 * {@link FailingProcessTest}'s.
 */
@Tag("lab")
@Timeout(60)
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
    server.admin().createVolume(SMALL, SMALL_BYTES);
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

  private static DsaCommand run(String... arguments) {
    return DsaCommand.inProcess(server.named(arguments));
  }

  private static DsaCommand runServer(Path config) {
    return DsaCommand.inProcess("server", "--config", config.toString());
  }

  @ParameterizedTest
  @CsvSource({
    "volume show nope",
    "volume delete nope",
    "volume resize nope --size 1MiB",
    "volume rename nope new",
    "put /etc/passwd nope",
    "bench nope"
  })
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

    assertThatCommand(DsaCommand.inProcess("get", "v", "/tmp/none", "--server", address))
        .failed(4, address, "dsa server");
  }

  @Test
  void shouldSayWhichHostDoesNotAnswer() throws Exception {
    assertThatCommand(DsaCommand.inProcess("get", "v", "/tmp/none", "--server", LabDevice.nobody()))
        .failed(3, LabDevice.nobody() + ":7470");
  }

  @Test
  void shouldSayThatTheControlPortAloneIsInUse() throws Exception {
    Path config = DsaServerProcess.config(server.port(), 7396, "memory:4MiB");

    assertThatCommand(runServer(config)).failed(18, LabDevice.HOST + ":" + server.port(), "in use");
  }

  @Test
  void shouldSayThatTheDataPortAloneIsInUse() throws Exception {
    Path config = DsaServerProcess.config(7396, server.port() + 1, "memory:4MiB");

    assertThatCommand(runServer(config))
        .failed(18, LabDevice.HOST + ":" + (server.port() + 1), "in use");
  }

  /** Only root can give files away, which is who the tests are. */
  @ParameterizedTest
  @ValueSource(strings = {"", "users"})
  void shouldRefuseAStateDirectoryOfAnotherUser(String file) throws Exception {
    Path state = LabAccess.stateDirectory();
    Path given = state.resolve(file);
    Files.setAttribute(given, "unix:uid", 65534);
    Path config =
        Files.writeString(
            directory.resolve("server.yaml"),
            "listen: "
                + LabDevice.HOST
                + ":7397\npools: ['memory:4MiB']\nstate-directory: "
                + state
                + "\n");

    assertThatCommand(runServer(config)).failed(16, given.toString(), "65534", "chown 0 ");
  }

  @Test
  void shouldSayThatTheServerTakesNoMoreSessions() throws Exception {
    ServerConfig config =
        new ServerConfig(
            "full",
            new InetSocketAddress(LabDevice.HOST, 7394),
            7395,
            List.of("memory:4MiB"),
            false,
            new ServerConfig.Limits(1, 1, 1, 15),
            LabAccess.stateDirectory());
    String address = LabDevice.HOST + ":7394";
    try (DsaServer full = DsaServer.start(config)) {
      try (DsaClient first = DsaClient.connect(full.address(), LabAccess.clientOptions())) {
        assertThat(first.volumes()).isEmpty();
        assertThatCommand(DsaCommand.inProcess("get", "v", "/tmp/none", "--server", address))
            .failed(14, address, "no more connections");
      }
      assertThatCommand(DsaCommand.inProcess("get", "v", "/tmp/none", "--server", address))
          .failed(8, "no volume named v");
    }
  }

  /** Cut off at the end of the disk, a file looks like one; so nothing of it may stay. */
  @Test
  void shouldLeaveNoFileOnADiskThatIsFull() throws Exception {
    Path disk = Files.createDirectory(directory.resolve("disk"));
    call("mount", "-t", "tmpfs", "-o", "size=512k", "disk", disk.toString());
    try {
      Path file = disk.resolve("file");

      assertThatCommand(run("get", SMALL, file.toString()))
          .failed(15, file.toString(), "No space left on device");

      try (Stream<Path> files = Files.list(disk)) {
        assertThat(files).isEmpty();
      }
    } finally {
      call("umount", disk.toString());
    }
  }

  private static void call(String... command) throws Exception {
    assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
  }

  @ParameterizedTest
  @CsvSource({"/dev/dax99.9, 17", "/dev/zero, 17", "/etc/passwd, 17"})
  void shouldNameADeviceThatIsNone(String device, int status) throws Exception {
    assertThatCommand(DsaCommand.inProcess("pool", "format", "devdax:" + device))
        .failed(status, device);
  }

  @Test
  void shouldNameADeviceThatIsNoneOfTheServer() throws Exception {
    Path config = DsaServerProcess.config(7397, "devdax:/dev/dax99.9");

    assertThatCommand(runServer(config)).failed(17, "devdax:/dev/dax99.9");
  }

  @Test
  void shouldSayThatAnAddressHasNoRdmaDevice() throws Exception {
    Path config =
        Files.writeString(
            directory.resolve("server.yaml"),
            "listen: 127.0.0.1:7397\npools: ['memory:4MiB']\nstate-directory: "
                + LabAccess.stateDirectory()
                + "\n");

    assertThatCommand(runServer(config)).failed(18, "127.0.0.1:7397", "rdma link");
  }
}
