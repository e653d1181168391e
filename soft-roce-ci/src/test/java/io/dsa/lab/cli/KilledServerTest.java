package io.dsa.lab.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.dsa.client.DsaClient;
import io.dsa.lab.RdmaResources;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The server dies while data moves. The other end of the transfer is a pipe, so that the test knows
 * how far it is.
 */
@Tag("lab")
final class KilledServerTest {
  private static final int CHUNK = 1 << 20;

  /** More than the blocks in flight, so that RDMA has moved some. */
  private static final int MOVED_CHUNKS = 40;

  @TempDir private Path directory;
  private RdmaResources before;
  private Path pipe;

  @BeforeEach
  void makePipe() throws Exception {
    before = RdmaResources.now();
    pipe = directory.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
  }

  private static DsaServerProcess serverWithVolume() throws Exception {
    DsaServerProcess server = DsaServerProcess.start("memory:256MiB");
    try (DsaClient client = server.connect()) {
      client.createVolume("v", 200L << 20);
    }
    return server;
  }

  @Test
  void shouldSayThatTheServerDiedInAPut() throws Exception {
    long killed;
    DsaCommand put;
    try (DsaServerProcess server = serverWithVolume()) {
      DsaCommand.Running running =
          DsaCommand.start("put", pipe.toString(), "v", "--server", server.address());
      try (OutputStream feed = Files.newOutputStream(pipe)) {
        write(feed, MOVED_CHUNKS);
        server.kill();
        killed = System.nanoTime();
        writeUntilBroken(feed);
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
          DsaCommand.start("get", "v", pipe.toString(), "--server", server.address());
      long killed;
      try (InputStream drain = Files.newInputStream(pipe)) {
        assertThat(drain.readNBytes(MOVED_CHUNKS * CHUNK)).hasSize(MOVED_CHUNKS * CHUNK);
        server.kill();
        killed = System.nanoTime();
        drain.transferTo(OutputStream.nullOutputStream());
      }
      assertEnded(running.await(), killed, server.address());
    }
    assertThat(RdmaResources.within(Duration.ofSeconds(10), before)).isEqualTo(before);
  }

  private static void write(OutputStream feed, int chunks) throws IOException {
    byte[] chunk = new byte[CHUNK];
    for (int i = 0; i < chunks; i++) {
      feed.write(chunk);
    }
  }

  /** The reader goes when it has noticed; never more than the volume holds. */
  private static void writeUntilBroken(OutputStream feed) {
    try {
      write(feed, 200 - MOVED_CHUNKS);
    } catch (IOException expected) {
      // Broken pipe.
    }
  }

  private static void assertEnded(DsaCommand transfer, long killed, String address)
      throws Exception {
    assertThat(transfer.status()).as("%s", transfer).isEqualTo(7);
    assertThat(transfer.err().lines()).as("%s", transfer).hasSize(1);
    assertThat(transfer.err()).startsWith("dsa: ").contains(address, "volume v", "server");
    assertThat(Duration.ofNanos(System.nanoTime() - killed)).isLessThan(DsaCommand.errorBound());
  }
}
