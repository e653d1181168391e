package io.dsa.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.dsa.protocol.OpenMode;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Threads that submit to a lane while another one ends it: what came before is carried out or
 * failed, what comes later is failed, and what comes in that moment is not left in the inbox of a
 * thread that is gone.
 */
@Timeout(60)
final class LaneEndTest {
  private static final int ROUNDS = 150;
  private static final int SUBMITTERS = 3;
  private static final int MOST_REQUESTS = 2_000;

  /** Requests that each of them still has when the lane is gone. */
  private static final int LATE_REQUESTS = 5;

  /** In spins: from no request at all to some hundreds. */
  private static final int LONGEST_PAUSE = 4_000;

  @Test
  void shouldEndEachRequestOnce() throws InterruptedException {
    SplittableRandom random = new SplittableRandom(5);
    for (int number = 0; number < ROUNDS; number++) {
      new Round(number, random.split()).run();
    }
  }

  private static final class Round implements Operation.Owner {
    private final int number;
    private final SplittableRandom random;
    private final ModelServer server;
    private final LaneConnector connector;
    private final Lane lane;
    private final Queue<Operation<Void>> operations = new ConcurrentLinkedQueue<>();
    private final AtomicInteger endedCount = new AtomicInteger();
    private final CountDownLatch begin = new CountDownLatch(1);
    private volatile boolean gone;

    Round(int number, SplittableRandom random) {
      this.number = number;
      this.random = random;
      this.server = new ModelServer(null, number);
      if (random.nextInt(4) == 0) {
        // Then nothing can be carried out, and the lane is told to fail what it has.
        server.limitQueues(0);
      }
      VolumeOptions options = VolumeOptions.defaults().withDepth(4).withBounceBytes(4 * 64);
      LostWrites lost = new LostWrites();
      Attachment.Source source = () -> server.attach(OpenMode.READ_WRITE);
      connector =
          new LaneConnector(
              "v", options, source.attach(), source, server.memory, lost, failure -> {});
      lane = new Lane("v", number, options, connector, lost);
      connector.serve(List.of(lane));
    }

    void run() throws InterruptedException {
      List<Thread> submitters = new ArrayList<>();
      for (int i = 0; i < SUBMITTERS; i++) {
        SplittableRandom pauses = random.split();
        submitters.add(Thread.ofPlatform().start(() -> submit(pauses)));
      }
      begin.countDown();
      pause(random.nextInt(LONGEST_PAUSE));

      // In the order in which a volume is closed.
      connector.close();
      lane.end(new DsaException(DsaException.Category.CLOSED, "closed"));
      lane.join();
      gone = true;

      for (Thread submitter : submitters) {
        submitter.join();
      }
      assertThat(endedCount.get()).as("ended twice in round %d", number).isZero();
      operations.forEach(operation -> operation.laneDone(null));
      assertThat(endedCount.get())
          .as("ended at least once in round %d", number)
          .isEqualTo(operations.size());
      connector.current().close();
    }

    /** It counts as one of two lanes' work, of which the other is the test itself. */
    private Operation<Void> read() {
      Operation<Void> operation =
          new Operation<>(this, Operation.Kind.READ, 0, 8, true, value -> null);
      operation.copies(MemorySegment.ofArray(new byte[8]));
      operation.deadline(System.nanoTime() + VolumeOptions.defaults().deadlineNanos());
      operation.onLanes(2);
      return operation;
    }

    private void submit(SplittableRandom pauses) {
      try {
        begin.await();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
      int late = 0;
      for (int i = 0; i < MOST_REQUESTS && late < LATE_REQUESTS; i++) {
        late += gone ? 1 : 0;
        Operation<Void> operation = read();
        operations.add(operation);
        lane.submit(new LaneRequest(operation, false));
        pause(pauses.nextInt(20));
      }
    }

    private static void pause(int spins) {
      for (int left = spins; left > 0; left--) {
        Thread.onSpinWait();
      }
    }

    @Override
    public void abandoned() {}

    @Override
    public void ended(Operation<?> operation) {
      endedCount.incrementAndGet();
    }

    @Override
    public DsaException verify(Operation<?> flush) {
      return null;
    }
  }
}
