package io.dsa.server.access;

import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Looks now and then for secrets that have ended, whether anybody asks for them or not. By the wall
 * clock a timer for the stated instant would go off too late after that clock was set. Thread-safe.
 */
final class ExpiryWatch implements AutoCloseable {
  private final Runnable look;
  private final ScheduledThreadPoolExecutor thread =
      new ScheduledThreadPoolExecutor(1, Thread.ofPlatform().daemon().name("dsa-users").factory());

  /**
   * Begins.
   *
   * @param look throws nothing; may wait for the disk
   */
  ExpiryWatch(Duration interval, Runnable look) {
    this.look = look;
    long millis = interval.toMillis();
    var _ = thread.scheduleWithFixedDelay(look, millis, millis, TimeUnit.MILLISECONDS);
  }

  /** Somebody has met one that has ended: looks at once, and lets nobody wait for that. */
  void lookNow() {
    try {
      thread.execute(look);
    } catch (RejectedExecutionException closed) {
      // Whoever closes it looks himself.
    }
  }

  /** Looks no more; one look may still be under way. Idempotent. */
  @Override
  public void close() {
    // Without interrupting it: that would close the file under a write.
    thread.shutdown();
  }
}
