package io.dsa.verbs;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Has something said once in a while that others can make happen as often as they like, so that
 * they do not fill the log. Thread-safe.
 */
public final class Seldom {
  private final long intervalNanos;
  private final LongSupplier nanoTime;
  private boolean said;
  private long saidAt;
  private long unsaid;

  /**
   * Has said nothing yet.
   *
   * @param interval between one time and the next that it is said, at least
   * @param nanoTime the clock
   */
  public Seldom(Duration interval, LongSupplier nanoTime) {
    this.intervalNanos = interval.toNanos();
    this.nanoTime = nanoTime;
  }

  /**
   * It has happened again.
   *
   * @return how often since it was said last, to be said now; 0 if it is not to be said yet
   */
  public synchronized long happened() {
    unsaid++;
    long now = nanoTime.getAsLong();
    if (said && now - saidAt < intervalNanos) {
      return 0;
    }
    said = true;
    saidAt = now;
    return rest();
  }

  /** Returns how often it has happened and was not to be said; that is to be said now. */
  public synchronized long rest() {
    long times = unsaid;
    unsaid = 0;
    return times;
  }
}
