package io.dsa.server.admin;

import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Answers requests on threads of its own, so many at a time and no more. Thread-safe. */
final class AdminWorkers {
  private static final int IDLE_SECONDS = 30;

  private final Semaphore places;
  private final ThreadPoolExecutor threads;

  AdminWorkers(int count) {
    places = new Semaphore(count);
    threads =
        new ThreadPoolExecutor(
            count,
            count,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            Thread.ofPlatform().daemon().name("dsa-admin-", 1).factory());
    threads.allowCoreThreadTimeOut(true);
  }

  /**
   * Has it answered, and the answer handed on. Its place is free by then: who asks again as soon as
   * he has an answer finds one, though the thread may not be back yet.
   *
   * @return false if all places are taken, or this is closed
   */
  <T> boolean answer(Supplier<T> work, Consumer<T> then) {
    if (!places.tryAcquire()) {
      return false;
    }
    try {
      threads.execute(() -> {
        T answer;
        try {
          answer = work.get();
        } finally {
          places.release();
        }
        then.accept(answer);
      });
      return true;
    } catch (RejectedExecutionException closed) {
      places.release();
      return false;
    }
  }

  /**
   * Takes no more, and waits for what is being answered.
   *
   * @return how many are being answered still
   */
  int close(Duration patience) throws InterruptedException {
    threads.shutdown();
    return threads.awaitTermination(patience.toMillis(), TimeUnit.MILLISECONDS)
        ? 0
        : threads.getActiveCount();
  }
}
