package io.dsa.lab.client;

import static io.dsa.lab.client.MemoryServer.VOLUME;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;

import io.dsa.client.DsaClient;
import io.dsa.client.IoQueue;
import io.dsa.client.IoStatus;
import io.dsa.client.RegisteredBuffer;
import io.dsa.client.Volume;
import io.dsa.protocol.OpenMode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Tag("lab")
@Timeout(60)
final class AtomicsTest {
  private static MemoryServer server;

  private final Transfers transfers = new Transfers();

  @BeforeAll
  static void start() {
    server = MemoryServer.start(7630);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private void succeed(IoQueue queue, IoStatus taken) {
    assertThat(taken).isEqualTo(IoStatus.OK);
    assertThat(transfers.drain(queue).values()).containsOnly(IoStatus.OK);
  }

  @Test
  void shouldSwapAddAndWriteEightBytes() {
    try (DsaClient client = server.connect();
        Volume volume = client.open(VOLUME, OpenMode.READ_WRITE);
        IoQueue queue = volume.openQueue(4);
        RegisteredBuffer buffer = client.allocate(64)) {
      succeed(queue, queue.atomicWrite(128, 40, 1));
      succeed(queue, queue.fetchAndAdd(128, 2, buffer, 8, 2));
      assertThat(buffer.memory().get(JAVA_LONG, 8)).isEqualTo(40);

      succeed(queue, queue.compareAndSwap(128, 41, 7, buffer, 16, 3));
      assertThat(buffer.memory().get(JAVA_LONG, 16)).isEqualTo(42);
      succeed(queue, queue.compareAndSwap(128, 42, -7, buffer, 24, 4));
      assertThat(buffer.memory().get(JAVA_LONG, 24)).isEqualTo(42);

      succeed(queue, queue.read(120, buffer, 0, 24, 5));
      assertThat(buffer.memory().get(JAVA_LONG, 8)).isEqualTo(-7);
      assertThat(buffer.memory().get(JAVA_LONG, 0)).isZero();
      assertThat(buffer.memory().get(JAVA_LONG, 16)).isZero();
    }
  }

  @Test
  void shouldNotChangeAVolumeThatIsOpenForReading() {
    try (DsaClient client = server.connect();
        Volume volume = client.open(VOLUME, OpenMode.READ_ONLY);
        IoQueue queue = volume.openQueue(4);
        RegisteredBuffer buffer = client.allocate(64)) {
      assertThat(queue.compareAndSwap(0, 0, 1, buffer, 0, 1)).isEqualTo(IoStatus.READ_ONLY);
      assertThat(queue.fetchAndAdd(0, 1, buffer, 0, 1)).isEqualTo(IoStatus.READ_ONLY);
      assertThat(queue.atomicWrite(0, 1, 1)).isEqualTo(IoStatus.READ_ONLY);
    }
  }

  @Test
  void shouldCountWithoutLosingAnyAmongWriters() throws Exception {
    int writers = 3;
    int additions = 300;
    List<CompletableFuture<Void>> running = new ArrayList<>();
    for (int i = 0; i < writers; i++) {
      running.add(CompletableFuture.runAsync(() -> add(additions)));
    }
    for (CompletableFuture<Void> writer : running) {
      writer.get(30, TimeUnit.SECONDS);
    }

    try (DsaClient client = server.connect();
        Volume volume = client.open(VOLUME, OpenMode.READ_ONLY);
        IoQueue queue = volume.openQueue(1);
        RegisteredBuffer buffer = client.allocate(8)) {
      succeed(queue, queue.read(4096, buffer, 0, 8, 1));
      assertThat(buffer.memory().get(JAVA_LONG, 0)).isEqualTo((long) writers * additions);
    }
  }

  private static void add(int additions) {
    Transfers own = new Transfers();
    try (DsaClient client = server.connect();
        Volume volume = client.open(VOLUME, OpenMode.SHARED_WRITE);
        IoQueue queue = volume.openQueue(16);
        RegisteredBuffer buffer = client.allocate(8)) {
      for (int i = 0; i < additions; i++) {
        if (queue.fetchAndAdd(4096, 1, buffer, 0, i) == IoStatus.QUEUE_FULL) {
          own.drain(queue);
          i--;
        }
      }
      own.drain(queue);
    }
  }

  @Test
  void shouldExcludeEachOtherByASwap() {
    try (DsaClient client = server.connect();
        Volume first = client.open(VOLUME, OpenMode.SHARED_WRITE);
        Volume second = client.open(VOLUME, OpenMode.SHARED_WRITE);
        IoQueue one = first.openQueue(1);
        IoQueue other = second.openQueue(1);
        RegisteredBuffer buffer = client.allocate(16)) {
      succeed(one, one.compareAndSwap(8192, 0, 1, buffer, 0, 1));
      succeed(other, other.compareAndSwap(8192, 0, 2, buffer, 8, 2));

      assertThat(buffer.memory().get(JAVA_LONG, 0)).isZero();
      assertThat(buffer.memory().get(JAVA_LONG, 8)).isEqualTo(1);
    }
  }
}
