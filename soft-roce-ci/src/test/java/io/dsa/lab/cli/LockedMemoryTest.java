package io.dsa.lab.cli;

import static io.dsa.lab.cli.DsaCommandAssert.assertThatCommand;
import static org.assertj.core.api.Assertions.assertThat;

import io.dsa.lab.LabDevice;
import io.dsa.lab.RdmaResources;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A server that may not lock as much memory as a volume has. */
@Tag("lab")
@Timeout(120)
final class LockedMemoryTest {
  /** Root is not held to the limit, unless it lacks the right to lock memory. */
  private static final List<String> LIMITED =
      List.of(
          "prlimit",
          "--memlock=" + (48 << 20),
          "setpriv",
          "--inh-caps=-ipc_lock",
          "--bounding-set=-ipc_lock");

  @Test
  void shouldSaySoAndServeOn() throws Exception {
    LabDevice.open();
    RdmaResources before = RdmaResources.now();
    try (DsaServerProcess server = DsaServerProcess.startBy(LIMITED, "memory:128MiB")) {
      server.admin().createVolume("large", 100 << 20);
      server.admin().createVolume("small", 2 << 20);

      assertThatCommand(put(server, "large")).failed(14, "locked memory");

      assertThatCommand(put(server, "small")).succeeded();
      assertThatCommand(put(server, "large")).failed(14, "locked memory");
      server.admin().deleteVolume("large");
    }
    assertThat(RdmaResources.within(Duration.ofSeconds(10), before)).isEqualTo(before);
  }

  private static DsaCommand put(DsaServerProcess server, String volume) {
    return DsaCommand.inProcess("put", "/etc/passwd", volume, "--server", server.address());
  }
}
