package io.dsa.sal;

import java.util.List;

/**
 * The zeroing of space that volumes get, which takes long and so happens outside of the pool's
 * lock, until the pool closes. Whoever zeroes says when it begins and when what depends on it has
 * ended, so that closing can wait for it. Thread-safe.
 */
final class Zeroing {
  /** How much is zeroed between two looks at whether the pool is closing. */
  private static final long CHUNK = 16L << 20;

  private final Device device;
  private volatile boolean stopped;
  private int running;

  Zeroing(Device device) {
    this.device = device;
  }

  synchronized void begin() {
    running++;
  }

  synchronized void end() {
    running--;
    notifyAll();
  }

  /**
   * Fills {@code extents} with zeros, durably.
   *
   * @throws IllegalStateException if the pool closes meanwhile; what they hold is undefined then
   */
  void zero(List<Extent> extents) {
    for (Extent extent : extents) {
      for (long at = extent.poolOffset(); at < extent.end(); at += CHUNK) {
        checkGoing();
        device.zero(at, Math.min(CHUNK, extent.end() - at));
      }
    }
  }

  /** Makes every zeroing fail, those that run and those to come. */
  void stop() {
    stopped = true;
  }

  void checkGoing() {
    if (stopped) {
      throw new IllegalStateException("the pool on " + device.uri() + " is closed");
    }
  }

  /** Returns when none runs any more. An interrupt does not end the wait, and is kept. */
  synchronized void awaitEnd() {
    boolean interrupted = false;
    while (running > 0) {
      try {
        wait();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
