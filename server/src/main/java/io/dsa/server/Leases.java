package io.dsa.server;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Ends what has said nothing for as long as it may. Time is the monotonic clock's: setting the
 * machine's clock ends nothing. A lease costs one timer, which goes off no more often than the
 * lease is long. Thread-safe.
 */
final class Leases implements AutoCloseable {
  private final LongSupplier nanoTime;
  private final ScheduledExecutorService timer;

  Leases() {
    this(System::nanoTime, timer());
  }

  private static ScheduledThreadPoolExecutor timer() {
    ScheduledThreadPoolExecutor timer =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("dsa-leases").factory());
    // What has ended is not kept for the rest of its lease.
    timer.setRemoveOnCancelPolicy(true);
    return timer;
  }

  Leases(LongSupplier nanoTime, ScheduledExecutorService timer) {
    this.nanoTime = nanoTime;
    this.timer = timer;
  }

  /**
   * Begins a lease.
   *
   * @param length how long its holder may say nothing
   * @param onExpiry runs once, on a thread of its own, when that is over
   */
  Lease grant(Duration length, Runnable onExpiry) {
    Lease lease = new Lease(onExpiry);
    lease.become(length);
    return lease;
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }

  /** One holder's. */
  final class Lease {
    private final Runnable onExpiry;
    private Future<?> watch;
    private long lengthNanos;
    private long heard;
    private int busy;
    private boolean over;

    private Lease(Runnable onExpiry) {
      this.onExpiry = Objects.requireNonNull(onExpiry, "onExpiry");
    }

    /** From now on it is that long, and begins anew. */
    synchronized void become(Duration length) {
      lengthNanos = length.toNanos();
      heard = nanoTime.getAsLong();
      watch(lengthNanos);
    }

    /**
     * The holder has asked for something; it is not silent before that is answered.
     *
     * @return false if the lease is over, so that the holder gets nothing more
     */
    synchronized boolean begin() {
      if (over) {
        return false;
      }
      busy++;
      return true;
    }

    synchronized void answered() {
      busy--;
      heard = nanoTime.getAsLong();
    }

    /** Nothing expires any more: the holder has gone. */
    synchronized void end() {
      over = true;
      watch.cancel(false);
    }

    private synchronized void watch(long nanos) {
      if (watch != null) {
        watch.cancel(false);
      }
      try {
        watch = timer.schedule(this::look, nanos, TimeUnit.NANOSECONDS);
      } catch (RejectedExecutionException e) {
        // The server stops, and ends every session itself.
        watch = CompletableFuture.completedFuture(null);
      }
    }

    private synchronized void look() {
      if (over) {
        return;
      }
      long left = busy > 0 ? lengthNanos : heard + lengthNanos - nanoTime.getAsLong();
      if (left > 0) {
        watch(left);
        return;
      }
      over = true;
      // Freeing what the holder had waits for the device; the other leases do not.
      Thread.ofPlatform().daemon().name("dsa-lease-over").start(onExpiry);
    }
  }
}
