package io.dsa.client;

/**
 * How long to spin before blocking: for a bounded time while that has lately been enough, and else
 * only in a few waits now and then, to find out whether it would be again. It takes several in a
 * row: the first that is spun after many that were slept through still finds both ends asleep. How
 * long a wait took that was slept through does not tell: waking up may take longer than what was
 * waited for. Confined to the queue's thread.
 */
final class SpinTime {
  /** Enough for a READ of SoftRoCE; an RDMA network takes a small part of it. */
  static final long MOST_NANOS = 200_000;

  /** Waits that were not worth spinning, in a row, after which it stops. */
  static final int PATIENCE = 8;

  /** After that, so many waits are slept through before a trial. */
  static final int TRIAL_INTERVAL = 64;

  /** Waits of a trial. */
  static final int TRIAL_LENGTH = 4;

  private int confidence = PATIENCE;
  private int slept;
  private int trial;

  /** Nanoseconds to spin now. */
  long nanos() {
    if (confidence > 0 || trial > 0) {
      return MOST_NANOS;
    }
    if (slept < TRIAL_INTERVAL) {
      slept++;
      return 0;
    }
    slept = 0;
    trial = TRIAL_LENGTH;
    return MOST_NANOS;
  }

  /** Notes whether what was waited for came while spinning. */
  void spun(boolean paid) {
    trial = paid ? 0 : Math.max(trial - 1, 0);
    confidence = paid ? Math.min(confidence + 2, PATIENCE) : Math.max(confidence - 1, 0);
  }
}
