package io.dsa.verbs;

import java.time.Duration;

/** Durations as the native waits take them: whole milliseconds. */
final class WaitTime {
  private WaitTime() {}

  /**
   * Rounded up: a wait that ended early would be begun again at once, and so spin through the last
   * millisecond. 0 for what is over, the longest there is for what is longer.
   */
  static int millis(Duration duration) {
    if (duration.isNegative()) {
      return 0;
    }
    if (duration.toSeconds() >= Integer.MAX_VALUE / 1000) {
      return Integer.MAX_VALUE;
    }
    return Math.toIntExact(duration.plusNanos(999_999).toMillis());
  }
}
