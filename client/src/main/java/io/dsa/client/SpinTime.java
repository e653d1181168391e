package io.dsa.client;

/**
 * How long to spin before blocking: as long as waits have lately taken, with some to spare, and not
 * at all while they take longer than spinning is worth. Confined to the queue's thread.
 */
final class SpinTime {
  static final long MOST_NANOS = 100_000;

  /** A wait counts no more than this, so that one long wait is soon forgotten. */
  private static final long LONGEST_COUNTED = 4 * MOST_NANOS;

  private static final int SMOOTHING = 3;

  private long typical = MOST_NANOS / 2;

  /** Nanoseconds to spin now. */
  long nanos() {
    return typical > MOST_NANOS ? 0 : Math.min(MOST_NANOS, 2 * typical);
  }

  /** Notes how long a wait took, however it was spent. */
  void waited(long nanos) {
    typical += (Math.min(nanos, LONGEST_COUNTED) - typical) >> SMOOTHING;
  }
}
