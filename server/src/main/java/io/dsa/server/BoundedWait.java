package io.dsa.server;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Waits on a monitor for a state that whoever changes it tells of by notifyAll. */
final class BoundedWait {
  private BoundedWait() {}

  /**
   * Waits, holding the monitor but for the waiting itself.
   *
   * @return whether the state has come; false when it had not in time, or the thread is
   *     interrupted, which it then stays
   */
  static boolean on(Object monitor, Duration most, BooleanSupplier state) {
    long deadline = System.nanoTime() + most.toNanos();
    try {
      while (!state.getAsBoolean()) {
        long left = deadline - System.nanoTime();
        if (left <= 0) {
          return false;
        }
        TimeUnit.NANOSECONDS.timedWait(monitor, left);
      }
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
