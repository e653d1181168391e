package io.dsa.lab.cli;

import static io.dsa.lab.cli.DsaCommandAssert.assertThatCommand;
import static org.assertj.core.api.Assertions.assertThat;

import io.dsa.lab.LabAccess;
import io.dsa.lab.LabDevice;
import io.dsa.lab.RemovableDevice;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Errors of whole processes: the exit status, one line on stderr, nothing on stdout, in time. What
 * else can go wrong is {@link BadInputTest}'s.
 */
@Tag("lab")
@Timeout(120)
final class FailingProcessTest {
  private static DsaServerProcess server;

  @BeforeAll
  static void start() throws Exception {
    server = DsaServerProcess.start("memory:4MiB");
  }

  @AfterAll
  static void stop() throws Exception {
    server.close();
  }

  @Test
  void shouldNameAVolumeThatIsUnknown() throws Exception {
    assertThatCommand(DsaCommand.run("put", "/etc/passwd", "nope", "--server", server.address()))
        .failed(8, "nope", "dsa volume list");
  }

  @Test
  void shouldSayWhichHostDoesNotAnswer() throws Exception {
    assertThatCommand(DsaCommand.run("get", "v", "/tmp/none", "--server", LabDevice.nobody()))
        .failed(3, LabDevice.nobody() + ":7470");
  }

  @Test
  void shouldSayWhichPortIsInUse() throws Exception {
    Path config = DsaServerProcess.config(server.port(), "memory:4MiB");

    assertThatCommand(DsaCommand.startOnServerHost("server", "--config", config.toString()).await())
        .failed(18, LabDevice.HOST, "in use");
  }

  @Test
  void shouldEndWhenItsRdmaDeviceIsRemoved() throws Exception {
    try (RemovableDevice device = RemovableDevice.add()) {
      DsaCommand.Running running =
          DsaCommand.startOnServerHost(
              "server",
              "--config",
              DsaServerProcess.config(RemovableDevice.ADDRESS, 7590, 7591, "memory:4MiB")
                  .toString());
      try {
        while (!running.output().contains("listening on ")) {
          assertThat(running.process().isAlive()).as(running.errors()).isTrue();
          Thread.sleep(50);
        }
        device.remove();
        DsaCommand server = running.await();

        assertThat(server.status()).as("%s", server).isEqualTo(18);
        assertThat(server.err().lines().filter(line -> line.startsWith("dsa: ")))
            .as("%s", server)
            .singleElement()
            .asString()
            .contains(RemovableDevice.ADDRESS, "device was removed", "rdma link");
        assertThat(server.err()).doesNotContain("\tat ");
      } finally {
        running.process().destroyForcibly();
      }
      assertThat(device.awaitRemoval()).as("the device goes").isTrue();
    }
  }

  /** Where a disk or a copy lost the end of it: no server is better than one with other users. */
  @ParameterizedTest
  @CsvSource({
    "users, 0, both copies in it are corrupt, put a backup in its place",
    "users, 100, both copies in it are corrupt, put a backup in its place",
    "admin.p12, 0, is damaged, remove it: the next start makes a new certificate",
    "admin.p12, 100, is damaged, remove it: the next start makes a new certificate"
  })
  void shouldNotStartWithAFileOfItsStateThatWasCut(
      String name, int left, String what, String remedy) throws Exception {
    Path state = LabAccess.stateDirectory();
    Path file = state.resolve(name);
    byte[] cut = Arrays.copyOf(Files.readAllBytes(file), left);
    Files.write(file, cut);
    Path config =
        Files.writeString(
            Files.createTempFile("server", ".yaml"),
            "listen: "
                + LabDevice.HOST
                + ":7397\nstate-directory: "
                + state
                + "\npools: ['memory:4MiB']\n");

    assertThatCommand(DsaCommand.startOnServerHost("server", "--config", config.toString()).await())
        .failed(16, file + ": " + what, remedy);
    assertThat(file).hasBinaryContent(cut);
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
            : List.of("get", "v", "/tmp/none", "--server", server.address());

    assertThatCommand(DsaCommand.start(withoutDevices, arguments).await()).failed(status, "RDMA");
  }
}
