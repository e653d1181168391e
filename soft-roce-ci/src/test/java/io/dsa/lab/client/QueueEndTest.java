package io.dsa.lab.client;

import static io.dsa.lab.client.MemoryServer.VOLUME;
import static org.assertj.core.api.Assertions.assertThat;

import io.dsa.client.DsaClient;
import io.dsa.client.IoQueue;
import io.dsa.client.IoStatus;
import io.dsa.client.QueueOptions;
import io.dsa.client.RegisteredBuffer;
import io.dsa.client.Volume;
import io.dsa.client.WaitMode;
import io.dsa.protocol.OpenMode;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A queue that is closed at any moment, by any thread, completes each request once. */
@Tag("lab")
@Timeout(120)
final class QueueEndTest {
  private static final int BLOCK = 4096;
  private static final int DEPTH = 64;
  private static final int ROUNDS = 20;

  private static MemoryServer server;

  @BeforeAll
  static void start() {
    server = MemoryServer.start(7660);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @ParameterizedTest
  @EnumSource
  void shouldEndWhenAnotherThreadClosesIt(WaitMode mode) throws Exception {
    Random random = new Random(mode.name().hashCode());
    try (DsaClient client = server.connect();
        Volume volume = client.open(VOLUME, OpenMode.READ_WRITE)) {
      for (int i = 0; i < ROUNDS; i++) {
        QueueOptions options = QueueOptions.defaults().withDepth(DEPTH).withWaitMode(mode);
        IoQueue queue = volume.openQueue(options);
        CompletableFuture<Integer> user =
            CompletableFuture.supplyAsync(() -> useUntilClosed(client, queue));
        LockSupport.parkNanos(random.nextInt(20_000_000));
        queue.close();
        assertThat(user.get(10, TimeUnit.SECONDS)).as("requests never completed").isZero();
      }
    }
  }

  /** Keeps the queue busy in batches and singly; returns what was taken and never completed. */
  private static int useUntilClosed(DsaClient client, IoQueue queue) {
    Transfers transfers = new Transfers();
    // Must be possible to close at once: nothing reaches it any more.
    try (RegisteredBuffer buffer = client.allocate(DEPTH * BLOCK)) {
      ThreadLocalRandom random = ThreadLocalRandom.current();
      long token = 0;
      IoStatus status = IoStatus.OK;
      while (status == IoStatus.OK || status == IoStatus.QUEUE_FULL) {
        switch (random.nextInt(8)) {
          case 0 -> queue.beginBatch();
          case 1 -> queue.submitOnCompletion();
          default -> {}
        }
        status = queue.write(0, buffer, (long) random.nextInt(DEPTH) * BLOCK, BLOCK, token++);
        if (status == IoStatus.QUEUE_FULL) {
          queue.submit();
          queue.await(transfers, 2_000_000_000L);
        }
      }
      assertThat(status).isIn(IoStatus.CLOSED, IoStatus.DISCONNECTED);
      Map<Long, IoStatus> rest = transfers.drain(queue);
      assertThat(rest).doesNotContainValue(IoStatus.LOCAL_ERROR);
      return queue.inFlight();
    }
  }

  @Test
  void shouldEndAPollThatWouldLookForMinutes() throws Exception {
    Transfers transfers = new Transfers();
    try (DsaClient client = server.connect();
        Volume volume = client.open(VOLUME, OpenMode.READ_WRITE);
        RegisteredBuffer buffer = client.allocate(BLOCK)) {
      IoQueue queue = volume.openQueue(DEPTH);
      CompletableFuture<Integer> poll =
          CompletableFuture.supplyAsync(() -> {
            // Held back, so that it never completes by itself.
            queue.beginBatch();
            queue.write(0, buffer, 0, BLOCK, 7);
            return queue.poll(transfers, Integer.MAX_VALUE);
          });
      LockSupport.parkNanos(200_000_000);
      assertThat(poll).isNotDone();

      queue.close();

      assertThat(poll.get(10, TimeUnit.SECONDS)).isEqualTo(1);
      assertThat(transfers.take()).isEqualTo(Map.of(7L, IoStatus.CLOSED));
    }
  }

  @Test
  void shouldEndWhenItsHandlerClosesIt() {
    try (DsaClient client = server.connect();
        Volume volume = client.open(VOLUME, OpenMode.READ_WRITE);
        RegisteredBuffer buffer = client.allocate(DEPTH * BLOCK)) {
      IoQueue queue = volume.openQueue(DEPTH);
      Transfers transfers = new Transfers();
      for (int i = 0; i < DEPTH; i++) {
        assertThat(queue.write(0, buffer, 0, BLOCK, i)).isEqualTo(IoStatus.OK);
      }
      int first =
          queue.await(
              (token, status) -> {
                queue.close();
                transfers.completed(token, status);
              },
              5_000_000_000L);
      assertThat(first).isPositive();
      assertThat(transfers.drain(queue)).hasSize(DEPTH);
    }
  }

  @Test
  void shouldEndWhenTheClientIsClosedUnderIt() throws Exception {
    for (int i = 0; i < 5; i++) {
      DsaClient client = server.connect();
      Volume volume = client.open(VOLUME, OpenMode.READ_WRITE);
      IoQueue queue = volume.openQueue(DEPTH);
      RegisteredBuffer buffer = client.allocate(BLOCK);
      CompletableFuture<Integer> user =
          CompletableFuture.supplyAsync(() -> {
            Transfers transfers = new Transfers();
            long token = 0;
            IoStatus status = IoStatus.OK;
            while (status == IoStatus.OK || status == IoStatus.QUEUE_FULL) {
              queue.await(transfers, 1_000_000);
              status = queue.read(0, buffer, 0, BLOCK, token++);
            }
            transfers.drain(queue);
            return queue.inFlight();
          });
      Thread.sleep(10L * i);
      client.close();
      assertThat(user.get(10, TimeUnit.SECONDS)).isZero();
    }
  }
}
