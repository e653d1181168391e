package io.dsa.lab.crash;

import static io.dsa.protocol.OpenMode.READ_WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import io.dsa.client.DsaClient;
import io.dsa.client.IoQueue;
import io.dsa.client.IoStatus;
import io.dsa.client.Volume;
import io.dsa.lab.LabAccess;
import io.dsa.sal.Device;
import io.dsa.sal.Devices;
import io.dsa.sal.FormatOptions;
import io.dsa.sal.Pool;
import io.dsa.server.DsaServer;
import io.dsa.server.ServerConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Why the harness kills no server on tmpfs: nothing there is durable, and nobody is told that it
 * was.
 */
@Tag("lab")
@Timeout(60)
final class VolatileFileTest {
  private static final long MIB = 1 << 20;

  @Test
  void shouldRefuseADurableFlushOfAFileOnTmpfs() throws Exception {
    Path file = Path.of("/dev/shm/volatile-pool");
    Files.deleteIfExists(file);
    String uri = "file:" + file;
    try (Device device = Devices.create(uri, 16 * MIB)) {
      Pool.format(device, FormatOptions.careful()).close();
    }
    ServerConfig config =
        new ServerConfig(
            "volatile",
            ServerProcess.ADDRESS,
            ServerProcess.ADDRESS.getPort() + 1,
            List.of(uri),
            true,
            ServerConfig.Limits.DEFAULT,
            LabAccess.stateDirectory());
    try (DsaServer server = DsaServer.start(config);
        DsaClient client = DsaClient.connect(server.address(), LabAccess.clientOptions())) {
      server.volumes().create("v", MIB, "");
      try (Volume volume = client.open("v", READ_WRITE);
          IoQueue queue = volume.openQueue(1)) {
        assertThat(volume.durability()).isEmpty();
        assertThat(queue.flush(0, 8, 1)).isEqualTo(IoStatus.VOLATILE);
      }
    } finally {
      Files.delete(file);
    }
  }
}
