package io.dsa.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.dsa.protocol.DurabilityMethod;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Threads that write, read and flush each its part of a volume in random order, while connections
 * break, the server is restarted, requests are cancelled and in the end the volume is closed under
 * them: what was flushed is durable or was said not to be, reads see what was written, and every
 * request ends once.
 */
@Timeout(120)
final class VolumeCourseTest {
  private static final int COURSES = 12;
  private static final int WORKERS = 4;
  private static final int BLOCKS = 24;
  private static final int BLOCK = 6000;

  @ParameterizedTest
  @EnumSource
  void shouldKeepItsPromises(DurabilityMethod method) throws Exception {
    for (int seed = 0; seed < COURSES; seed++) {
      new Course(method, seed).run();
    }
  }

  private static final class Course {
    private final ModelServer server;
    private final Volume volume;
    private final Random random;
    private final int seed;
    private final AtomicBoolean closing = new AtomicBoolean();
    private final AtomicInteger begun = new AtomicInteger();
    private final AtomicInteger ended = new AtomicInteger();
    private final AtomicInteger told = new AtomicInteger();
    private final ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();

    Course(DurabilityMethod method, int seed) {
      this.seed = seed;
      this.random = new Random(seed);
      this.server = new ModelServer(method, seed * 1000L);
      this.volume =
          server.open(
              VolumeOptions.defaults()
                  .withLanes(1 + random.nextInt(4))
                  .withDepth(1 + random.nextInt(10))
                  .withBounceBytes(64 << 10)
                  .withMaxRequests(2 + random.nextInt(40))
                  .withDeadline(Duration.ofSeconds(30)));
    }

    void run() throws Exception {
      List<Thread> workers = new ArrayList<>();
      for (int i = 0; i < WORKERS; i++) {
        Worker worker = new Worker(i, random.nextLong());
        workers.add((i % 2 == 0 ? Thread.ofVirtual() : Thread.ofPlatform()).start(worker));
      }
      for (int i = 0; i < 12; i++) {
        Thread.sleep(random.nextInt(12));
        switch (random.nextInt(3)) {
          case 0 -> server.disconnect();
          case 1 -> server.restart();
          default -> {
            server.kill();
            Thread.sleep(random.nextInt(10));
            server.start();
          }
        }
      }
      closing.set(true);
      volume.close();
      for (Thread worker : workers) {
        worker.join();
      }
      assertThat(failures).as("course %d", seed).isEmpty();
      long limit = System.nanoTime() + 5_000_000_000L;
      while (ended.get() < begun.get() && System.nanoTime() < limit) {
        Thread.sleep(1);
      }
      assertThat(ended.get()).as("course %d", seed).isEqualTo(begun.get());
      assertThat(volume.inFlight()).isZero();
      assertThat(server.memory.registered.get()).isZero();
      assertThat(server.queueCount()).isZero();
    }

    /** Owns some blocks of the volume; nobody else writes them. */
    private final class Worker implements Runnable {
      private final long start;
      private final Random own;
      private final byte[] written = new byte[BLOCKS];

      /** Whether what a block holds is what was written to it last, for sure. */
      private final boolean[] flushed = new boolean[BLOCKS];

      private byte last;

      Worker(int number, long seed) {
        this.start = (long) number * BLOCKS * BLOCK;
        this.own = new Random(seed);
        Arrays.fill(flushed, true);
      }

      @Override
      public void run() {
        try {
          while (true) {
            step();
          }
        } catch (DsaException | IllegalStateException e) {
          if (!closing.get()) {
            failures.add(e);
          }
        } catch (RuntimeException | AssertionError e) {
          failures.add(e);
        }
      }

      private void step() {
        int block = own.nextInt(BLOCKS);
        switch (own.nextInt(6)) {
          case 0, 1 -> write(block);
          case 2 -> writeDurable(block);
          case 3 -> read(block);
          case 4 -> flush(block);
          default -> cancel();
        }
      }

      private long offset(int block) {
        return start + (long) block * BLOCK;
      }

      private byte[] next() {
        byte[] bytes = new byte[BLOCK];
        last = (byte) (last % 100 + 1);
        Arrays.fill(bytes, last);
        return bytes;
      }

      private void write(int block) {
        byte[] bytes = next();
        if (own.nextBoolean()) {
          volume.write(offset(block), bytes);
        } else {
          begin(volume.writeAsync(offset(block), bytes), true);
        }
        written[block] = last;
        flushed[block] = false;
      }

      private void writeDurable(int block) {
        volume.writeDurable(offset(block), next());
        written[block] = last;
        flushed[block] = true;
        assertDurable(block);
      }

      private void flush(int from) {
        int to = from + 1 + own.nextInt(BLOCKS - from);
        try {
          volume.flush(offset(from), (long) (to - from) * BLOCK);
        } catch (DsaException e) {
          if (e.category() != DsaException.Category.NOT_DURABLE) {
            throw e;
          }
          told.incrementAndGet();
          // It said so; they are to be written again.
          for (int i = from; i < to; i++) {
            writeDurable(i);
          }
        }
        for (int i = from; i < to; i++) {
          flushed[i] = true;
          assertDurable(i);
        }
      }

      private void assertDurable(int block) {
        byte[] durable = server.durable(offset(block), BLOCK);
        for (byte b : durable) {
          if (b != written[block]) {
            throw new AssertionError(
                "block " + block + " holds " + b + " durably, not " + written[block]);
          }
        }
      }

      private void read(int block) {
        byte[] back = new byte[BLOCK];
        if (own.nextBoolean()) {
          volume.read(offset(block), back);
        } else {
          begin(volume.readAsync(offset(block), back), true);
        }
        if (flushed[block]) {
          for (byte b : back) {
            if (b != written[block]) {
              throw new AssertionError("block " + block + ": " + b + ", not " + written[block]);
            }
          }
        }
      }

      /** Of reads, whose memory must be left alone from then on. */
      private void cancel() {
        byte[] target = new byte[3 * BLOCK];
        CompletableFuture<Void> reading = volume.readAsync(start, target);
        begin(reading, false);
        if (reading.cancel(true)) {
          byte[] copy = target.clone();
          volume.read(start, new byte[1]);
          assertThat(target).isEqualTo(copy);
        }
      }

      private void begin(CompletableFuture<Void> future, boolean wait) {
        begun.incrementAndGet();
        var _ = future.whenComplete((done, failure) -> ended.incrementAndGet());
        if (wait) {
          try {
            future.join();
          } catch (CompletionException e) {
            throw (DsaException) e.getCause();
          }
        }
      }
    }
  }
}
