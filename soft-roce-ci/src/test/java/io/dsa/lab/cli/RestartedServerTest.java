package io.dsa.lab.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.dsa.client.DsaClient;
import io.dsa.client.Volume;
import io.dsa.client.VolumeOptions;
import io.dsa.lab.LabAccess;
import io.dsa.lab.LabDevice;
import io.dsa.lab.RdmaResources;
import io.dsa.protocol.OpenMode;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Clients of a durable volume notice nothing of a server that is restarted in order. As often as
 * DSA_LAB_RESTARTS says, 2 times unless it does.
 */
@Tag("lab")
@Tag("machine")
@Timeout(900)
final class RestartedServerTest {
  private static final int RESTARTS =
      Integer.parseInt(System.getenv().getOrDefault("DSA_LAB_RESTARTS", "2"));
  private static final int BLOCK = 4096;
  private static final int BLOCKS = 256;
  private static final VolumeOptions OPTIONS =
      VolumeOptions.defaults().withDeadline(Duration.ofSeconds(60));

  private final AtomicBoolean stop = new AtomicBoolean();
  private final AtomicLong written = new AtomicLong();

  @Test
  void shouldGoOnWithTheNextRunAndMissNothing() throws Exception {
    LabDevice.open();
    RdmaResources before = RdmaResources.now();
    LabDevice.format("restarted");
    DsaServerProcess server = DsaServerProcess.start(LabDevice.dax());
    try (DsaClient client =
        DsaClient.connect(
            new InetSocketAddress(LabDevice.HOST, server.port()), LabAccess.clientOptions())) {
      server.admin().createVolume("v", (long) BLOCKS * BLOCK);
      try (Volume volume = client.open("v", OpenMode.READ_WRITE, OPTIONS)) {
        CompletableFuture<Integer> load =
            CompletableFuture.supplyAsync(() -> writeAndFlush(volume));
        for (int i = 0; i < RESTARTS; i++) {
          awaitWrites(load);
          server.stop();
          server = server.again();
          System.out.printf("restart %d: writing again after %d ms%n", i + 1, awaitWrites(load));
        }
        stop.set(true);
        int rounds = load.get(60, TimeUnit.SECONDS);
        assertContents(volume, rounds);
      }
    } finally {
      server.close();
    }
    LabDevice.wipe();
    assertThat(RdmaResources.within(Duration.ofSeconds(10), before)).isEqualTo(before);
  }

  /** Waits until a block more is written; returns how long that took, in milliseconds. */
  private long awaitWrites(CompletableFuture<Integer> load) throws InterruptedException {
    long start = System.nanoTime();
    long before = written.get();
    while (written.get() == before) {
      assertThat(load).isNotDone();
      Thread.sleep(1);
    }
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
  }

  /** Writes every block in each round, and flushes behind every second one. */
  private int writeAndFlush(Volume volume) {
    int round = 0;
    while (!stop.get() || round % 2 != 0) {
      round++;
      byte[] block = block(round);
      for (int i = 0; i < BLOCKS; i++) {
        volume.write((long) i * BLOCK, block);
        written.incrementAndGet();
      }
      if (round % 2 == 0) {
        volume.flush();
      }
    }
    return round;
  }

  private static byte[] block(int round) {
    byte[] block = new byte[BLOCK];
    Arrays.fill(block, (byte) round);
    return block;
  }

  private static void assertContents(Volume volume, int round) {
    byte[] back = new byte[BLOCKS * BLOCK];
    volume.read(0, back);
    byte[] expected = block(round);
    for (int i = 0; i < BLOCKS; i++) {
      assertThat(Arrays.equals(back, i * BLOCK, (i + 1) * BLOCK, expected, 0, BLOCK))
          .as("block %d", i)
          .isTrue();
    }
  }
}
