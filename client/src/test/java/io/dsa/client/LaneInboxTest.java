package io.dsa.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Threads that put requests and orders in at random moments, against one that takes them out and
 * sleeps as a lane does, in its queue or in itself. That one looks for more only a few times before
 * it sleeps: much of what is put in so meets it at a look or on its way to sleep.
 *
 * <p>The inbox is not compiled while it is tested (see the module's pom.xml): compiled, what must
 * not be seen apart is done sooner than anything can come from another CPU, and a mistake goes
 * unnoticed.
 */
@Timeout(60)
final class LaneInboxTest {
  private static final int SUBMITTERS = 3;
  private static final int REQUESTS = 20_000;
  private static final int ORDERS = 2_000;
  private static final int TURNS = 8_000;

  /** Longer than the whole test takes: whoever waits so long was not heard. */
  private static final long PATIENCE_NANOS = 5_000_000_000L;

  private final LaneInbox inbox = new LaneInbox();
  private final ModelServer server = new ModelServer();
  private final Volume volume = server.open(VolumeOptions.defaults());
  private final ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
  private final Taker taker = new Taker();

  /** Always 0, and always read anew. */
  private volatile int idle;

  private Thread lane;

  @BeforeEach
  void begin() {
    server.hold();
    lane = start(taker);
  }

  @AfterEach
  void close() throws InterruptedException {
    taker.stopped = true;
    inbox.announce();
    // Whatever the inbox thinks of its sleep.
    server.proceed();
    LockSupport.unpark(lane);
    lane.join();
    volume.close();
  }

  /** Nobody else wakes the lane up should this one not do so. */
  @Test
  void shouldWakeTheLaneForWhateverComes() {
    SplittableRandom random = new SplittableRandom(1);
    int requests = 0;
    int sweeps = 0;
    int refusals = 0;
    for (int i = 0; i < TURNS && failures.isEmpty(); i++) {
      switch (random.nextInt(4)) {
        case 0 -> sweep(++sweeps);
        case 1 -> refuse(++refusals);
        case 2 -> detach();
        default -> {
          int number = requests++;
          submit(number);
          await("request " + number, () -> taker.taken.get(number) == 1);
        }
      }
      pause(random);
    }
    assertThat(failures).isEmpty();
  }

  @Test
  void shouldBringTheLaneEverythingOnce() throws InterruptedException {
    List<Thread> others = new ArrayList<>();
    for (int i = 0; i < SUBMITTERS; i++) {
      int first = i * REQUESTS;
      others.add(
          start(() -> {
            SplittableRandom random = new SplittableRandom(first);
            for (int number = first; number < first + REQUESTS; number++) {
              submit(number);
              pause(random);
            }
          }));
    }
    others.add(
        start(() -> {
          for (int number = 1; number <= ORDERS; number++) {
            sweep(number);
          }
        }));
    others.add(
        start(() -> {
          for (int number = 1; number <= ORDERS; number++) {
            refuse(number);
          }
        }));
    others.add(
        start(() -> {
          for (int i = 0; i < ORDERS; i++) {
            detach();
          }
        }));
    for (Thread other : others) {
      other.join();
    }
    int all = SUBMITTERS * REQUESTS;
    await("all requests", () -> taker.takenCount.get() >= all || !failures.isEmpty());

    assertThat(failures).isEmpty();
    for (int number = 0; number < all; number++) {
      assertThat(taker.taken.get(number)).as("request %d", number).isEqualTo(1);
    }
  }

  private Thread start(Runnable task) {
    return Thread.ofPlatform()
        .daemon()
        .start(() -> {
          try {
            task.run();
          } catch (RuntimeException | Error e) {
            failures.add(e);
          }
        });
  }

  /** In steps of about a nanosecond, so that not all meets the lane at the same instruction. */
  private void pause(SplittableRandom random) {
    // Now and then so long that the lane falls asleep.
    int steps = random.nextInt(random.nextInt(8) == 0 ? 20_000 : 500);
    while (steps > idle) {
      steps--;
    }
  }

  private static void await(String what, BooleanSupplier condition) {
    long begin = System.nanoTime();
    for (int looks = 0; !condition.getAsBoolean(); looks++) {
      if (looks > 200) {
        // There are more threads than CPUs.
        LockSupport.parkNanos(10_000);
      } else {
        Thread.onSpinWait();
      }
      if (System.nanoTime() - begin > PATIENCE_NANOS) {
        throw new AssertionError("the lane has not heard of " + what);
      }
    }
  }

  private void submit(int number) {
    Operation<Void> operation =
        new Operation<>(null, Operation.Kind.READ, number, 1, true, value -> null);
    inbox.add(new LaneRequest(operation, false));
    inbox.wake();
  }

  private void sweep(int number) {
    taker.sweeps = number;
    inbox.orderSweep();
    await("sweep " + number, () -> taker.swept == number);
  }

  private void refuse(int number) {
    inbox.refuse(new IllegalStateException(Integer.toString(number)));
    await("refusal " + number, () -> taker.refused == number);
  }

  private void detach() {
    CountDownLatch done = new CountDownLatch(1);
    inbox.detach(done);
    try {
      if (!done.await(PATIENCE_NANOS, TimeUnit.NANOSECONDS)) {
        throw new AssertionError("the lane has not heard of a detachment");
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Does with the inbox what a lane does. */
  private final class Taker implements Runnable {
    final AtomicIntegerArray taken = new AtomicIntegerArray(SUBMITTERS * REQUESTS);
    final AtomicInteger takenCount = new AtomicInteger();
    volatile int sweeps;
    volatile int swept;
    volatile int refused;
    volatile boolean stopped;

    private final int[] next = new int[SUBMITTERS];
    private final SplittableRandom random = new SplittableRandom(3);
    private IoQueue queue;

    @Override
    public void run() {
      queue = volume.openQueue(QueueOptions.defaults().withWaitMode(WaitMode.BLOCK));
      // A queue is slept in only while something is in flight on it.
      assertThat(queue.read(0, server.memory.allocate(8), 0, 8, 0)).isEqualTo(IoStatus.OK);
      while (!stopped) {
        step();
      }
    }

    private void step() {
      boolean worked = inbox.takeNews();
      if (worked) {
        heed();
      }
      LaneRequest after;
      for (LaneRequest one = inbox.takeSubmitted(); one != null; one = after) {
        after = one.link;
        worked = true;
        take((int) one.operation.offset());
      }
      if (inbox.isDetaching()) {
        inbox.detached();
      } else if (!worked && random.nextInt(32) == 0) {
        inbox.sleep(random.nextBoolean() ? queue : null, (token, status) -> {}, Long.MAX_VALUE);
      }
    }

    private void heed() {
      if (inbox.takeSweep()) {
        swept = sweeps;
      }
      RuntimeException refusal = inbox.takeRefusal();
      if (refusal != null) {
        refused = Integer.parseInt(refusal.getMessage());
      }
    }

    private void take(int number) {
      int submitter = number / REQUESTS;
      taken.incrementAndGet(number);
      if (number % REQUESTS != next[submitter]++) {
        throw new AssertionError("request " + number + " came out of its order");
      }
      takenCount.incrementAndGet();
    }
  }
}
