package io.dsa.lab.cli;

import static io.dsa.lab.cli.DsaCommandAssert.assertThatCommand;
import static org.assertj.core.api.Assertions.assertThat;

import io.dsa.lab.LabDevice;
import io.dsa.lab.RdmaResources;
import io.dsa.sal.Device;
import io.dsa.sal.Devices;
import io.dsa.sal.Pool;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Pools in files: served where the kernel pins their pages, else refused before anybody comes. */
@Tag("lab")
@Timeout(180)
final class FilePoolTest {
  private static final int BYTES = (5 << 20) + 77;

  @TempDir private Path directory;

  @Test
  void shouldServeAFileInMemoryThatOutlivesTheServer() throws Exception {
    LabDevice.open();
    RdmaResources before = RdmaResources.now();
    Path file = RandomFile.write(directory.resolve("file"), BYTES);
    Path back = directory.resolve("back");
    try (LabFile pool = LabFile.in("/dev/shm")) {
      assertThatCommand(DsaCommand.inProcess("pool", "format", pool.uri())).succeeded();
      try (DsaServerProcess server = DsaServerProcess.start(pool.uri())) {
        assertThatCommand(on(server, "volume", "create", "v", "--size", "8MiB")).succeeded();
        assertThatCommand(on(server, "put", file.toString(), "v"))
            .succeeded()
            .printed("NOT durable");
        server.kill();
      }
      try (DsaServerProcess server = DsaServerProcess.start(pool.uri())) {
        assertThatCommand(
                on(server, "get", "v", back.toString(), "--bytes", Integer.toString(BYTES)))
            .succeeded();
      }
    }
    assertThat(Files.mismatch(file, back)).isEqualTo(-1);
    assertThat(RdmaResources.within(Duration.ofSeconds(10), before)).isEqualTo(before);
  }

  @Test
  @Tag("machine")
  void shouldNotStartAServerOnWhatTheNetworkCardCannotReach() throws Exception {
    try (LabFile pool = LabFile.onNew("ext4")) {
      assertThatCommand(DsaCommand.inProcess("pool", "format", pool.uri())).succeeded();
      DsaCommand server =
          DsaCommand.inProcess(
              "server", "--config", DsaServerProcess.config(7598, pool.uri()).toString());
      assertThatCommand(server).failed(13, pool.uri(), "writes out to a disk", "use devdax:");
    }
  }

  @Test
  void shouldNotServeTwoPoolsThatHoldVolumesOfOneName() throws Exception {
    try (LabFile one = LabFile.in("/dev/shm");
        LabFile other = LabFile.in("/dev/shm")) {
      for (LabFile file : List.of(one, other)) {
        assertThatCommand(DsaCommand.inProcess("pool", "format", file.uri())).succeeded();
        try (Device device = Devices.open(file.uri());
            Pool pool = Pool.open(device)) {
          pool.createVolume("photos", 1);
        }
      }
      DsaCommand server =
          DsaCommand.inProcess(
              "server",
              "--config",
              DsaServerProcess.config(7596, one.uri(), other.uri()).toString());
      assertThatCommand(server).failed(17, one.uri(), other.uri(), "volume photos", "rename");
    }
  }

  private static DsaCommand on(DsaServerProcess server, String... arguments) throws Exception {
    return DsaCommand.inProcess(server.named(arguments));
  }
}
