package io.dsa.cli;

import java.time.Duration;

/**
 * When a run of {@code dsa bench} is warm and when it is over. Times are those of
 * System.nanoTime(). Immutable.
 */
final class BenchClock {
  private final long warm;
  private final long over;

  private BenchClock(long warm, long over) {
    this.warm = warm;
    this.over = over;
  }

  static BenchClock of(BenchPlan plan, long start) {
    long warm = start + plan.warmUp().toNanos();
    return new BenchClock(warm, warm + plan.duration().toNanos());
  }

  /** Never warm and never over, within a century. */
  static BenchClock endless(long start) {
    long never = start + Duration.ofDays(36_500).toNanos();
    return new BenchClock(never, never);
  }

  boolean isWarm(long now) {
    return now - warm >= 0;
  }

  boolean isOver(long now) {
    return now - over >= 0;
  }

  /** When measuring begins. */
  long warm() {
    return warm;
  }

  /** For people: what it is at. */
  String state(long now) {
    if (over == warm) {
      return "reading back what was written";
    }
    return isWarm(now)
        ? Duration.ofNanos(now - warm).toSeconds()
            + " s of "
            + Duration.ofNanos(over - warm).toSeconds()
            + " s"
        : "warming up";
  }
}
