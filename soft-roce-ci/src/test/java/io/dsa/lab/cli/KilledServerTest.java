package io.dsa.lab.cli;

import static io.dsa.lab.cli.DsaCommandAssert.assertThatCommand;
import static org.assertj.core.api.Assertions.assertThat;

import io.dsa.lab.LabDevice;
import io.dsa.lab.RdmaResources;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
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
  private static final int CHUNK = 1 << 20;
  private static final byte FILLING = 0x5a;

  /** More than the blocks in flight, so that RDMA has moved some. */
  private static final int MOVED_CHUNKS = 40;

  /** So many of them for sure, 16 blocks being in flight and one in the pipe. */
  private static final int LANDED_CHUNKS = MOVED_CHUNKS - 20;

  private static final int VOLUME_CHUNKS = 96;

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
    DsaServerProcess server = DsaServerProcess.start("memory:128MiB");
    server.admin().createVolume("v", VOLUME_CHUNKS * (long) CHUNK);
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
          DsaCommand.start("get", "v", pipe.path().toString(), "--server", server.address());
      long killed;
      try (InputStream drain = pipe.drain(running)) {
        assertThat(drain.readNBytes(MOVED_CHUNKS * CHUNK)).hasSize(MOVED_CHUNKS * CHUNK);
        server.kill();
        killed = System.nanoTime();
        drain.transferTo(OutputStream.nullOutputStream());
      }
      assertEnded(running.await(), killed, server.address());
    }
    assertThat(RdmaResources.within(Duration.ofSeconds(10), before)).isEqualTo(before);
  }

  /** What has arrived is there after the server, and the rest as it was. */
  @Test
  @Tag("machine")
  void shouldKeepWhatAKilledServerHadReceived() throws Exception {
    String device = LabDevice.dax();
    LabDevice.format("killed");
    DsaCommand.Running running;
    try (DsaServerProcess server = DsaServerProcess.start(device)) {
      server.admin().createVolume("v", VOLUME_CHUNKS * (long) CHUNK);
      running = DsaCommand.start("put", pipe.path().toString(), "v", "--server", server.address());
      try (OutputStream feed = pipe.feed(running)) {
        write(feed, MOVED_CHUNKS);
        server.kill();
        writeUntilBroken(feed);
      }
      assertThat(running.await().status()).isEqualTo(7);
    }

    Path back = directory.resolve("back");
    try (DsaServerProcess server = DsaServerProcess.start(device)) {
      assertThatCommand(
              DsaCommand.inProcess("get", "v", back.toString(), "--server", server.address()))
          .succeeded();
      assertThat(
              DsaCommand.inProcess("volume", "delete", "v", "--admin", server.adminUrl()).status())
          .isZero();
    }
    assertChunksAreNewOrOld(back);
    LabDevice.wipe();
    assertThat(RdmaResources.within(Duration.ofSeconds(10), before)).isEqualTo(before);
  }

  private static void assertChunksAreNewOrOld(Path file) throws IOException {
    byte[] arrived = filled();
    byte[] blank = new byte[CHUNK];
    try (InputStream in = Files.newInputStream(file)) {
      for (int i = 0; i < VOLUME_CHUNKS; i++) {
        byte[] chunk = in.readNBytes(CHUNK);
        if (i < LANDED_CHUNKS) {
          assertThat(Arrays.equals(chunk, arrived)).as("chunk %d is as it was put", i).isTrue();
        } else if (!Arrays.equals(chunk, arrived) && !Arrays.equals(chunk, blank)) {
          assertThat(isArrivedInPart(chunk)).as("chunk %d is new or old", i).isTrue();
        }
      }
      assertThat(in.read()).isEqualTo(-1);
    }
  }

  private static boolean isArrivedInPart(byte[] chunk) {
    for (byte b : chunk) {
      if (b != FILLING && b != 0) {
        return false;
      }
    }
    return true;
  }

  private static byte[] filled() {
    byte[] chunk = new byte[CHUNK];
    Arrays.fill(chunk, FILLING);
    return chunk;
  }

  private static void write(OutputStream feed, int chunks) throws IOException {
    byte[] chunk = filled();
    for (int i = 0; i < chunks; i++) {
      feed.write(chunk);
    }
  }

  /** The reader goes when it has noticed; never more than the volume holds. */
  private static void writeUntilBroken(OutputStream feed) {
    try {
      write(feed, VOLUME_CHUNKS - MOVED_CHUNKS);
    } catch (IOException expected) {
      // Broken pipe.
    }
  }

  private static void assertEnded(DsaCommand transfer, long killed, String address)
      throws Exception {
    assertThat(transfer.status()).as("%s", transfer).isEqualTo(7);
    assertThat(transfer.err().lines()).as("%s", transfer).hasSize(1);
    assertThat(transfer.err()).startsWith("dsa: ").contains(address, "volume v", "server");
    assertThat(Duration.ofNanos(System.nanoTime() - killed)).isLessThan(DsaCommand.ERROR_BOUND);
  }
}
