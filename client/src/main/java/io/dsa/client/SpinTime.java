package io.dsa.client;

/**
 * How long to spin before blocking: for a bounded time while that has lately been enough, and else
 * only now and then, to find out whether it would be again. How long a wait took that was slept
 * through does not tell: waking up may take longer than what was waited for. Confined to the
 * queue's thread.
 */
final class SpinTime {
  /** Enough for a READ of SoftRoCE; an RDMA network takes a small part of it. */
  static final long MOST_NANOS = 200_000;

  /** Waits that were not worth spinning, in a row, after which it stops. */
  static final int PATIENCE = 8;

  /** After that, one wait in so many is spun. */
  static final int TRIAL_INTERVAL = 16;

  private int confidence = PATIENCE;
  private int slept;

  /** Nanoseconds to spin now. */
  long nanos() {
    if (confidence > 0) {
      return MOST_NANOS;
    }
    slept = (slept + 1) % TRIAL_INTERVAL;
    return slept == 0 ? MOST_NANOS : 0;
  }

  /** Notes whether what was waited for came while spinning. */
  void spun(boolean paid) {
    confidence = paid ? Math.min(confidence + 2, PATIENCE) : Math.max(confidence - 1, 0);
  }
}
