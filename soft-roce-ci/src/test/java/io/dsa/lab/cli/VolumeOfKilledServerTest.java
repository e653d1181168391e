package io.dsa.lab.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dsa.client.DsaClient;
import io.dsa.client.DsaException;
import io.dsa.client.Volume;
import io.dsa.client.VolumeOptions;
import io.dsa.lab.LabAccess;
import io.dsa.lab.LabDevice;
import io.dsa.lab.RdmaResources;
import io.dsa.protocol.OpenMode;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A volume goes on when its server was killed and another run of it has come up. */
@Tag("lab")
@Tag("machine")
@Timeout(120)
final class VolumeOfKilledServerTest {
  private static final int BLOCK = 4096;
  private static final int REQUESTS = 1024;
  private static final long VOLUME_BYTES = 16L << 20;
  private static final int OTHER = REQUESTS * BLOCK;

  private static final VolumeOptions OPTIONS =
      VolumeOptions.defaults()
          .withDepth(256)
          .withBounceBytes(256 * BLOCK)
          .withDeadline(Duration.ofSeconds(60));

  private RdmaResources before;

  @BeforeEach
  void remember() {
    LabDevice.open();
    before = RdmaResources.now();
  }

  private static DsaClient connect(DsaServerProcess server) {
    return DsaClient.connect(
        new InetSocketAddress(LabDevice.HOST, server.port()), LabAccess.clientOptions());
  }

  private static byte[] block(int value) {
    byte[] block = new byte[BLOCK];
    Arrays.fill(block, (byte) value);
    return block;
  }

  @Test
  void shouldGoOnOnTheNextRunAndTellWhatIsNotKnownToBeDurable() throws Exception {
    String device = LabDevice.dax();
    LabDevice.format("killed");
    DsaServerProcess first = DsaServerProcess.start(device);
    try (DsaClient client = connect(first)) {
      first.admin().createVolume("v", VOLUME_BYTES);
      try (Volume volume = client.open("v", OpenMode.READ_WRITE, OPTIONS)) {
        volume.writeDurable(OTHER, block(1));
        volume.write(OTHER + BLOCK, block(2));
        List<CompletableFuture<Void>> writes = writesOfManyThreads(volume);
        first.kill();
        try (DsaServerProcess second = DsaServerProcess.start(first.port(), device)) {
          assertThat(second.instance()).isNotEqualTo(first.instance());
          for (CompletableFuture<Void> write : writes) {
            write.get(20, TimeUnit.SECONDS);
          }
          assertThatThrownBy(() -> volume.flush(OTHER, 2 * BLOCK))
              .isInstanceOf(DsaException.class)
              .hasMessageContaining(": " + (OTHER + BLOCK) + "+" + BLOCK + ";")
              .extracting(e -> ((DsaException) e).category())
              .isEqualTo(DsaException.Category.NOT_DURABLE);
          volume.writeDurable(OTHER + BLOCK, block(2));
          flushUntilDurable(volume);
          assertContents(volume);
          // The client has found the new server too.
          assertThat(client.volumes()).hasSize(1);
          assertThat(client.serverInstance()).hasToString(second.instance());
          second.kill();
        }
        try (DsaServerProcess third = DsaServerProcess.start(first.port(), device)) {
          assertNothingIsWrittenOverAnother(volume, third);
        }
      }
    }
    LabDevice.wipe();
    assertThat(RdmaResources.within(Duration.ofSeconds(10), before)).isEqualTo(before);
  }

  /** Whose connection was lost may not go on as the only writer when there was another since. */
  private static void assertNothingIsWrittenOverAnother(Volume volume, DsaServerProcess server) {
    try (DsaClient client = connect(server)) {
      try (Volume another = client.open("v", OpenMode.READ_WRITE, OPTIONS)) {
        another.writeDurable(0, block(99));
      }
      assertThatThrownBy(() -> volume.write(0, block(100)))
          .isInstanceOf(DsaException.class)
          .hasMessageContaining("another client had volume v for writing")
          .extracting(e -> ((DsaException) e).category())
          .isEqualTo(DsaException.Category.ACCESS_DENIED);
      try (Volume reader = client.open("v", OpenMode.READ_ONLY, OPTIONS)) {
        byte[] back = new byte[BLOCK];
        reader.read(0, back);
        assertThat(back).isEqualTo(block(99));
      }
    }
  }

  private static List<CompletableFuture<Void>> writesOfManyThreads(Volume volume)
      throws InterruptedException {
    List<CompletableFuture<Void>> writes = new ArrayList<>();
    int threads = 8;
    CountDownLatch begun = new CountDownLatch(threads);
    for (int i = 0; i < threads; i++) {
      int from = i * REQUESTS / threads;
      Thread.ofPlatform()
          .start(() -> {
            List<CompletableFuture<Void>> own = new ArrayList<>();
            for (int j = from; j < from + REQUESTS / threads; j++) {
              own.add(volume.writeAsync((long) j * BLOCK, block(j)));
            }
            synchronized (writes) {
              writes.addAll(own);
            }
            begun.countDown();
          });
    }
    begun.await();
    return writes;
  }

  /** What was acknowledged before the kill is told of, and must be written again. */
  private static void flushUntilDurable(Volume volume) {
    try {
      volume.flush();
    } catch (DsaException e) {
      assertThat(e.category()).isEqualTo(DsaException.Category.NOT_DURABLE);
      for (int i = 0; i < REQUESTS; i++) {
        CompletableFuture<Void> _ = volume.writeAsync((long) i * BLOCK, block(i));
      }
      volume.flush();
    }
  }

  private static void assertContents(Volume volume) {
    byte[] back = new byte[OTHER + 2 * BLOCK];
    volume.read(0, back);
    for (int i = 0; i < REQUESTS + 2; i++) {
      byte[] expected = block(i < REQUESTS ? i : i - REQUESTS + 1);
      assertThat(Arrays.equals(back, i * BLOCK, (i + 1) * BLOCK, expected, 0, BLOCK))
          .as("block %d", i)
          .isTrue();
    }
  }
}
