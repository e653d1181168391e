package io.dsa.lab.client;

import static io.dsa.lab.client.MemoryServer.VOLUME;
import static io.dsa.lab.client.MemoryServer.VOLUME_BYTES;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.assertj.core.api.Assertions.assertThat;

import io.dsa.client.DsaClient;
import io.dsa.client.IoQueue;
import io.dsa.client.IoStatus;
import io.dsa.client.IoVector;
import io.dsa.client.QueueOptions;
import io.dsa.client.RegisteredBuffer;
import io.dsa.client.Volume;
import io.dsa.client.WaitMode;
import io.dsa.protocol.OpenMode;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("lab")
@Timeout(60)
final class BatchAndVectorTest {
  private static final int BLOCK = 4096;
  private static final int DEPTH = IoQueue.MAX_DEPTH;

  private static MemoryServer server;

  private final Transfers transfers = new Transfers();

  @BeforeAll
  static void start() {
    server = MemoryServer.start(7640);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 16, 1024})
  void shouldMoveAsManyAsTheDeepestQueueHoldsUnderOneDoorbell(int signalInterval) {
    QueueOptions options =
        QueueOptions.defaults().withDepth(DEPTH).withSignalInterval(signalInterval);
    try (DsaClient client = server.connect();
        Volume volume = client.open(VOLUME, OpenMode.READ_WRITE);
        IoQueue queue = volume.openQueue(options);
        RegisteredBuffer buffer = client.allocate(DEPTH * BLOCK);
        RegisteredBuffer back = client.allocate(DEPTH * BLOCK)) {
      number(buffer, signalInterval);
      queue.beginBatch();
      for (int i = 0; i < DEPTH; i++) {
        long at = (long) i * BLOCK;
        assertThat(queue.write(at, buffer, at, BLOCK, i)).isEqualTo(IoStatus.OK);
      }
      assertThat(queue.write(0, buffer, 0, BLOCK, DEPTH)).isEqualTo(IoStatus.QUEUE_FULL);
      assertThat(queue.submit()).isEqualTo(IoStatus.OK);
      assertThat(transfers.drain(queue)).hasSize(DEPTH).doesNotContainValue(IoStatus.CLOSED);

      for (int i = 0; i < DEPTH; i++) {
        long at = (long) i * BLOCK;
        assertThat(queue.read(at, back, at, BLOCK, i)).isEqualTo(IoStatus.OK);
      }
      assertThat(transfers.drain(queue).values()).hasSize(DEPTH).containsOnly(IoStatus.OK);
      assertThat(back.memory().mismatch(buffer.memory())).isEqualTo(-1);
    }
  }

  private static void number(RegisteredBuffer buffer, int seed) {
    for (long i = 0; i < buffer.bytes(); i += Integer.BYTES) {
      buffer.memory().set(JAVA_INT, i, (int) i * 31 + seed);
    }
  }

  @Test
  void shouldScatterAndGather() {
    try (DsaClient client = server.connect();
        Volume volume = client.open(VOLUME, OpenMode.READ_WRITE);
        IoQueue queue = volume.openQueue(2);
        RegisteredBuffer buffer = client.allocate(1 << 20);
        RegisteredBuffer back = client.allocate(1 << 20)) {
      number(buffer, 5);
      IoVector vector = new IoVector(3);
      vector.add(100, buffer, 0, 333).add(5_000_000, buffer, 333, 100_000);
      vector.add(VOLUME_BYTES - 1, buffer, 100_333, 1);
      assertThat(queue.write(vector, 1)).isEqualTo(IoStatus.OK);
      vector.clear();
      assertThat(transfers.drain(queue)).isEqualTo(Map.of(1L, IoStatus.OK));

      vector.add(VOLUME_BYTES - 1, back, 100_333, 1).add(5_000_000, back, 333, 100_000);
      vector.add(100, back, 0, 333);
      assertThat(queue.read(vector, 2)).isEqualTo(IoStatus.OK);
      assertThat(transfers.drain(queue)).isEqualTo(Map.of(2L, IoStatus.OK));

      assertThat(back.memory().asSlice(0, 100_334).mismatch(buffer.memory().asSlice(0, 100_334)))
          .isEqualTo(-1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void shouldGoOnFromItsOwnHandler(WaitMode mode) {
    try (DsaClient client = server.connect();
        Volume volume = client.open(VOLUME, OpenMode.READ_ONLY);
        IoQueue queue = volume.openQueue(QueueOptions.defaults().withDepth(8).withWaitMode(mode));
        RegisteredBuffer buffer = client.allocate(8 * BLOCK)) {
      int[] completed = new int[1];
      for (int i = 0; i < 8; i++) {
        assertThat(queue.read(0, buffer, (long) i * BLOCK, BLOCK, i)).isEqualTo(IoStatus.OK);
      }
      while (queue.inFlight() > 0) {
        queue.await(
            (token, status) -> {
              assertThat(status).isEqualTo(IoStatus.OK);
              if (++completed[0] <= 992) {
                assertThat(queue.read(0, buffer, token * BLOCK, BLOCK, token))
                    .isEqualTo(IoStatus.OK);
              }
            },
            5_000_000_000L);
      }
      assertThat(completed[0]).isEqualTo(1000);
    }
  }

  /** One request in flight, and the next one posted in the call that finds it complete. */
  @ParameterizedTest
  @EnumSource
  void shouldGoOnByWhatIsChained(WaitMode mode) {
    int count = 1000;
    try (DsaClient client = server.connect();
        Volume volume = client.open(VOLUME, OpenMode.READ_WRITE);
        IoQueue queue = volume.openQueue(QueueOptions.defaults().withDepth(2).withWaitMode(mode));
        RegisteredBuffer buffer = client.allocate((long) count * BLOCK);
        RegisteredBuffer back = client.allocate((long) count * BLOCK)) {
      number(buffer, 9);
      volume.write(0, buffer.memory());

      for (int i = 0; i < count; i++) {
        long at = (long) i * BLOCK;
        queue.beginBatch();
        assertThat(queue.read(at, back, at, BLOCK, i)).isEqualTo(IoStatus.OK);
        assertThat(queue.submitOnCompletion()).isEqualTo(IoStatus.OK);
        if (i > 0) {
          assertThat(next(queue, mode)).isEqualTo(1);
        }
      }

      assertThat(transfers.drain(queue).values()).hasSize(count).containsOnly(IoStatus.OK);
      assertThat(back.memory().mismatch(buffer.memory())).isEqualTo(-1);
    }
  }

  private int next(IoQueue queue, WaitMode mode) {
    return mode == WaitMode.SPIN
        ? queue.poll(transfers, Integer.MAX_VALUE)
        : queue.await(transfers, 5_000_000_000L);
  }

  @ParameterizedTest
  @EnumSource
  void shouldReturnAtTheTimesEndWhenNothingIsInFlight(WaitMode mode) {
    try (DsaClient client = server.connect();
        Volume volume = client.open(VOLUME, OpenMode.READ_ONLY);
        IoQueue queue = volume.openQueue(QueueOptions.defaults().withWaitMode(mode))) {
      long start = System.nanoTime();
      assertThat(queue.await(transfers, Long.MAX_VALUE)).isZero();
      assertThat(queue.await(transfers, -1)).isZero();
      assertThat(System.nanoTime() - start).isLessThan(1_000_000_000L);
    }
  }
}
