package io.dsa.lab.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.dsa.lab.LabDevice;
import io.dsa.lab.RdmaResources;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The server dies while data moves. The other end of the transfer is a pipe, so that the test knows
 * how far it is.
 */
@Tag("lab")
@Timeout(120)
final class KilledServerTest {
  @TempDir private Path directory;
  private RdmaResources before;
  private TransferPipe pipe;

  @BeforeEach
  void makePipe() throws Exception {
    LabDevice.open();
    before = RdmaResources.now();
    pipe = TransferPipe.in(directory);
  }

  private static DsaServerProcess serverWithVolume() throws Exception {
    DsaServerProcess server = DsaServerProcess.start("memory:96MiB");
    server.admin().createVolume("v", FilledChunks.VOLUME_BYTES);
    return server;
  }

  @Test
  void shouldSayThatTheServerDiedInAPut() throws Exception {
    long killed;
    DsaCommand put;
    try (DsaServerProcess server = serverWithVolume()) {
      DsaCommand.Running running =
          DsaCommand.start("put", pipe.path().toString(), "v", "--server", server.address());
      try (OutputStream feed = pipe.feed(running)) {
        FilledChunks.writeMoved(feed);
        server.kill();
        killed = System.nanoTime();
        FilledChunks.writeUntilBroken(feed);
      }
      put = running.await();
      assertEnded(put, killed, server.address());
    }
    assertThat(RdmaResources.within(Duration.ofSeconds(10), before)).isEqualTo(before);
  }

  @Test
  void shouldSayThatTheServerDiedInAGet() throws Exception {
    try (DsaServerProcess server = serverWithVolume()) {
      DsaCommand.Running running =
          DsaCommand.start("get", "v", pipe.path().toString(), "--server", server.address());
      long killed;
      try (InputStream drain = pipe.drain(running)) {
        assertThat(drain.readNBytes(FilledChunks.MOVED_BYTES)).hasSize(FilledChunks.MOVED_BYTES);
        server.kill();
        killed = System.nanoTime();
        drain.transferTo(OutputStream.nullOutputStream());
      }
      assertEnded(running.await(), killed, server.address());
    }
    assertThat(RdmaResources.within(Duration.ofSeconds(10), before)).isEqualTo(before);
  }

  private static void assertEnded(DsaCommand transfer, long killed, String address)
      throws Exception {
    assertThat(transfer.status()).as("%s", transfer).isEqualTo(7);
    assertThat(transfer.err().lines()).as("%s", transfer).hasSize(1);
    assertThat(transfer.err()).startsWith("dsa: ").contains(address, "volume v", "server");
    assertThat(Duration.ofNanos(System.nanoTime() - killed)).isLessThan(DsaCommand.ERROR_BOUND);
  }
}
