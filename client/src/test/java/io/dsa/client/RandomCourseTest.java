package io.dsa.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.dsa.protocol.Done;
import io.dsa.protocol.DurabilityMethod;
import io.dsa.verbs.CompletionStatus;
import io.dsa.verbs.Errno;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Requests of all kinds, batches, refusals, handlers that throw and ask for more, failures and
 * closing, in random order: every request that was taken completes exactly once, and nothing of it
 * is left.
 */
final class RandomCourseTest {
  private static final int COURSES = 200;
  private static final int STEPS = 300;

  @ParameterizedTest
  @EnumSource
  void shouldCompleteEachRequestOnce(DurabilityMethod method) {
    for (int seed = 0; seed < COURSES; seed++) {
      new Course(method, seed).run();
    }
  }

  private static final class Course implements CompletionHandler {
    private final Random random;
    private final int seed;
    private final ModelQueue model;
    private final IoQueue queue;
    private final Map<Long, IoStatus> completed = new HashMap<>();
    private final IoVector vector = new IoVector(5);
    private long taken;
    private boolean throwing;

    Course(DurabilityMethod method, int seed) {
      this.random = new Random(seed);
      this.seed = seed;
      this.model =
          ModelQueue.flushedBy(
              method,
              new QueueOptions(
                  1 + random.nextInt(20),
                  random.nextBoolean() ? WaitMode.BLOCK : WaitMode.ADAPTIVE,
                  1 + random.nextInt(12)));
      this.queue = model.queue;
    }

    void run() {
      for (int i = 0; i < STEPS; i++) {
        step();
      }
      end();
      assertThat(completed).as("course %d", seed).hasSize((int) taken);
      assertThat(queue.inFlight()).isZero();
      // Throws if a request still holds it.
      model.buffer.close();
    }

    private void step() {
      switch (random.nextInt(14)) {
        case 0 -> queue.beginBatch();
        case 1 -> queue.submit();
        case 8, 9 -> queue.submitOnCompletion();
        case 2, 3 -> model.endpoint.run(random.nextInt(10));
        case 4 -> poll();
        case 5 -> answerPersistCall();
        case 6 -> {
          if (random.nextInt(40) == 0) {
            model.endpoint.fail(CompletionStatus.REMOTE_ACCESS_ERROR);
          }
        }
        case 7 -> {
          model.endpoint.refusePosts(random.nextInt(4) == 0 ? Errno.EINVAL : 0);
        }
        default -> request();
      }
    }

    private void request() {
      long offset = random.nextLong(ModelQueue.BYTES - 8) & -8;
      int length = (int) Math.min(ModelQueue.BYTES - offset, 1 + random.nextInt(1 << 20));
      IoStatus status =
          switch (random.nextInt(8)) {
            case 0 -> queue.read(offset, model.buffer, 0, length, taken);
            case 1 -> queue.write(offset, model.buffer, 0, length, taken);
            case 2 -> queue.flush(offset, length, taken);
            case 3 -> queue.writeDurable(offset, model.buffer, 0, length, taken);
            case 4 -> queue.atomicWrite(offset, 1, taken);
            case 5 -> queue.fetchAndAdd(offset, 1, model.buffer, 0, taken);
            default -> vectored(offset, length);
          };
      if (status == IoStatus.OK) {
        taken++;
      }
    }

    private IoStatus vectored(long offset, int length) {
      vector.clear();
      for (int i = random.nextInt(5); i >= 0; i--) {
        vector.add(offset, model.buffer, 0, Math.min(length, 4096));
      }
      return random.nextBoolean() ? queue.read(vector, taken) : queue.write(vector, taken);
    }

    private void answerPersistCall() {
      if (!model.persistCalls.isEmpty()) {
        var call = model.persistCalls.remove(random.nextInt(model.persistCalls.size()));
        if (random.nextInt(5) == 0) {
          call.completeExceptionally(new DsaException(DsaException.Category.IO, "no"));
        } else {
          call.complete(new Done());
        }
      }
    }

    private void poll() {
      throwing = random.nextInt(3) == 0;
      try {
        if (random.nextBoolean()) {
          queue.poll(this);
        } else {
          queue.await(this, 1);
        }
      } catch (IllegalStateException e) {
        assertThat(e).hasMessage("thrown by the handler");
      }
      throwing = false;
    }

    @Override
    public void completed(long token, IoStatus status) {
      assertThat(completed.put(token, status)).as("request %d of %d", token, seed).isNull();
      if (random.nextInt(4) == 0) {
        request();
      }
      if (random.nextInt(8) == 0) {
        queue.submitOnCompletion();
      }
      if (throwing && random.nextInt(3) == 0) {
        throw new IllegalStateException("thrown by the handler");
      }
    }

    /** By itself, by a loss, or by closing. */
    private void end() {
      model.endpoint.refusePosts(0);
      int how = random.nextInt(3);
      if (how == 1) {
        model.endpoint.disconnect();
      } else if (how == 2) {
        queue.close();
      }
      // Ends a batch, if one is open; what is chained has to go out by itself.
      queue.submitOnCompletion();
      for (int i = 0; i < 10_000 && queue.inFlight() > 0; i++) {
        model.endpoint.runAll();
        answerPersistCall();
        poll();
      }
    }
  }
}
