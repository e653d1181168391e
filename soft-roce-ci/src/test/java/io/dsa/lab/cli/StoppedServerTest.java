package io.dsa.lab.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.dsa.client.DsaClient;
import io.dsa.client.IoQueue;
import io.dsa.client.IoStatus;
import io.dsa.client.QueueOptions;
import io.dsa.client.RegisteredBuffer;
import io.dsa.client.Volume;
import io.dsa.client.VolumeOptions;
import io.dsa.client.WaitMode;
import io.dsa.lab.LabAccess;
import io.dsa.lab.LabDevice;
import io.dsa.lab.RdmaResources;
import io.dsa.protocol.DurabilityMethod;
import io.dsa.protocol.OpenMode;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A server that stops and goes on: one that stands still, and one that ends in order and is started
 * again. The latter as often as DSA_LAB_RESTARTS says, 2 times unless it does.
 */
@Tag("lab")
@Tag("machine")
@Timeout(900)
final class StoppedServerTest {
  private static final int RESTARTS =
      Integer.parseInt(System.getenv().getOrDefault("DSA_LAB_RESTARTS", "2"));
  private static final int BLOCK = 4096;
  private static final int BLOCKS = 256;
  private static final long VOLUME_BYTES = (long) BLOCKS * BLOCK;
  private static final VolumeOptions OPTIONS =
      VolumeOptions.defaults().withDeadline(Duration.ofSeconds(60));

  private static boolean formatted;
  private static DsaServerProcess server;

  private final AtomicBoolean stop = new AtomicBoolean();
  private final Semaphore written = new Semaphore(0);
  private RdmaResources before;

  @BeforeAll
  static void start() throws Exception {
    LabDevice.open();
    LabDevice.format("stopped");
    formatted = true;
    server = DsaServerProcess.start(LabDevice.dax());
  }

  @AfterAll
  static void end() throws Exception {
    try {
      if (server != null) {
        server.close();
      }
    } finally {
      if (formatted) {
        LabDevice.wipe();
      }
    }
  }

  @BeforeEach
  void remember() {
    before = RdmaResources.now();
  }

  @AfterEach
  void shouldLeaveNothingOfItsClient() throws Exception {
    assertThat(RdmaResources.within(Duration.ofSeconds(10), before)).isEqualTo(before);
  }

  @Test
  @Timeout(120)
  void shouldLetAQueueSleepWhileItStandsStill() throws Exception {
    server.admin().createVolume("still", VOLUME_BYTES);
    try (DsaClient client = connect(DurabilityMethod.SERVER_PERSIST)) {
      for (WaitMode mode : EnumSet.of(WaitMode.BLOCK, WaitMode.ADAPTIVE)) {
        try (Volume volume = client.open("still", OpenMode.READ_WRITE);
            IoQueue queue = volume.openQueue(QueueOptions.defaults().withWaitMode(mode));
            RegisteredBuffer buffer = client.allocate(BLOCK)) {
          assertSleeps(queue, buffer);
        }
      }
    }
  }

  private static void assertSleeps(IoQueue queue, RegisteredBuffer buffer) throws Exception {
    server.signal("STOP");
    try {
      // Its memory takes the write, but nobody writes it back.
      assertThat(queue.writeDurable(0, buffer, 0, BLOCK, 1)).isEqualTo(IoStatus.OK);
      long cpu = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
      long switches = switches();
      assertThat(queue.await((token, status) -> {}, 3_000_000_000L)).isZero();
      cpu = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - cpu;
      switches = switches() - switches;

      assertThat(Duration.ofNanos(cpu)).isLessThan(Duration.ofMillis(100));
      assertThat(switches).as("wake-ups in 3 s").isLessThan(15);
    } finally {
      server.signal("CONT");
    }
    Map<Long, IoStatus> statuses = new TreeMap<>();
    queue.await(statuses::put, 10_000_000_000L);
    assertThat(statuses).isEqualTo(Map.of(1L, IoStatus.OK));
  }

  /** How often this thread has gone to sleep. */
  private static long switches() throws IOException {
    return Files.readAllLines(Path.of("/proc/thread-self/status")).stream()
        .filter(line -> line.startsWith("voluntary_ctxt_switches:"))
        .mapToLong(line -> Long.parseLong(line.substring(line.indexOf(':') + 1).trim()))
        .findFirst()
        .orElseThrow();
  }

  private static DsaClient connect(DurabilityMethod method) {
    return DsaClient.connect(
        new InetSocketAddress(LabDevice.HOST, server.port()),
        LabAccess.clientOptions().withTimeout(Duration.ofSeconds(10)).withDurability(method));
  }

  @Test
  void shouldBeMissedByNobodyWhenItIsStartedAgain() throws Exception {
    server.admin().createVolume("v", VOLUME_BYTES);
    try (DsaClient client = connect(DurabilityMethod.RDMA_FLUSH);
        Volume volume = client.open("v", OpenMode.READ_WRITE, OPTIONS)) {
      CompletableFuture<Integer> load = CompletableFuture.supplyAsync(() -> writeAndFlush(volume));
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
  }

  /** Waits until a block more is written; returns how long that took, in milliseconds. */
  private long awaitWrites(CompletableFuture<Integer> load) throws InterruptedException {
    long start = System.nanoTime();
    written.drainPermits();
    while (!written.tryAcquire(1, TimeUnit.SECONDS)) {
      assertThat(load).isNotDone();
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
        written.release();
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
