package io.dsa.lab.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dsa.client.DsaClient;
import io.dsa.client.DsaException;
import io.dsa.client.DsaException.Category;
import io.dsa.client.Volume;
import io.dsa.client.VolumeOptions;
import io.dsa.lab.LabAccess;
import io.dsa.lab.LabDevice;
import io.dsa.lab.NetworkCut;
import io.dsa.lab.RdmaResources;
import io.dsa.protocol.OpenMode;
import io.dsa.server.DsaServer;
import io.dsa.server.ServerConfig;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whom a volume was taken from cannot write one byte more, whatever it was doing. */
@Tag("lab")
@Timeout(180)
final class FencingTest {
  private static final String VOLUME = "v";
  private static final int BYTES = WritingProcess.BLOCKS * WritingProcess.BLOCK;

  /** What a queue says whose windows are gone, and soon its connection. */
  private static final List<String> DENIED = List.of("ACCESS_DENIED", "DISCONNECTED", "CLOSED");

  private static final ServerConfig.Limits SHORT_LEASE = new ServerConfig.Limits(8, 3, 2, 2);

  private final InetSocketAddress address = new InetSocketAddress(LabDevice.HOST, 7690);
  private RdmaResources before;
  private DsaServer server;
  private WritingProcess writer;

  @BeforeEach
  void start() throws Exception {
    LabDevice.open();
    before = RdmaResources.now();
    server =
        DsaServer.start(
            new ServerConfig(
                "fencing",
                address,
                address.getPort() + 1,
                List.of("memory:8MiB"),
                false,
                SHORT_LEASE,
                LabAccess.stateDirectory()));
    var _ = server.volumes().create(VOLUME, BYTES, "");
    writer = WritingProcess.start(address, VOLUME);
  }

  @AfterEach
  void stop() throws Exception {
    if (writer != null) {
      writer.kill();
    }
    server.close();
    assertThat(RdmaResources.within(Duration.ofSeconds(10), before)).isEqualTo(before);
  }

  @Test
  void shouldKeepOutAPausedClientWhoseLeaseIsOver() throws Exception {
    writer.signal("STOP");
    try (DsaClient client = DsaClient.connect(address, LabAccess.clientOptions());
        Volume volume = openWhenItIsFree(client)) {
      write(volume);
      writer.signal("CONT");
      assertThat(writer.said()).isIn(DENIED);
      assertUntouched(volume);
    }
  }

  /** It hears nothing of the end of its lease, and writes until its device gives up. */
  @Test
  void shouldKeepOutAWriterThatWasCutOffUntilItsLeaseWasOver() throws Exception {
    LabDevice.requireNeighbour();
    try (DsaClient client = DsaClient.connect(address, LabAccess.clientOptions());
        NetworkCut cut = NetworkCut.begin();
        Volume volume = openWhenItIsFree(client)) {
      write(volume);
      cut.mend();
      assertThat(writer.said()).isIn(DENIED);
      assertUntouched(volume);
    }
    assertReachable();
  }

  /** From the other host, as before. */
  private void assertReachable() throws Exception {
    writer.kill();
    writer = WritingProcess.start(address, VOLUME);
  }

  @Test
  void shouldKeepOutAWriterWhoseVolumeIsTakenOver() throws Exception {
    try (DsaClient client = DsaClient.connect(address, LabAccess.clientOptions())) {
      assertThatThrownBy(() -> client.open(VOLUME, OpenMode.READ_WRITE))
          .isInstanceOfSatisfying(
              DsaException.class, e -> assertThat(e.category()).isEqualTo(Category.BUSY));
      try (Volume volume = client.takeOver(VOLUME, OpenMode.READ_WRITE, VolumeOptions.defaults())) {
        write(volume);
        assertThat(writer.said()).isIn(DENIED);
        assertUntouched(volume);
      }
    }
  }

  @Test
  void shouldKeepASessionThatOnlyBeats() throws Exception {
    try (DsaClient client = DsaClient.connect(address, LabAccess.clientOptions())) {
      Thread.sleep(Duration.ofSeconds(3L * SHORT_LEASE.leaseSeconds()));
      assertThat(client.volumes()).hasSize(1);
      assertThat(server.sessions()).hasSize(2);
    }
  }

  /** The lease has to run out first. */
  private static Volume openWhenItIsFree(DsaClient client) throws InterruptedException {
    while (true) {
      try {
        return client.open(VOLUME, OpenMode.READ_WRITE);
      } catch (DsaException e) {
        assertThat(e.category()).isEqualTo(Category.BUSY);
        Thread.sleep(100);
      }
    }
  }

  private static void write(Volume volume) {
    byte[] block = new byte[BYTES];
    Arrays.fill(block, (byte) 'n');
    volume.write(0, block);
  }

  private static void assertUntouched(Volume volume) {
    byte[] back = new byte[BYTES];
    volume.read(0, back);
    for (byte value : back) {
      assertThat(value).isEqualTo((byte) 'n');
    }
  }
}
