package io.dsa.server;

import java.time.Duration;

/** Counts what is under way, so that a server can end when all of it has. Thread-safe. */
final class Underway {
  private int count;
  private boolean draining;

  /**
   * Counts one in, to be counted out by {@link #end}.
   *
   * @param begun whether it belongs to what was begun before
   * @return false if nothing new may begin
   */
  synchronized boolean begin(boolean begun) {
    if (draining && !begun) {
      return false;
    }
    count++;
    return true;
  }

  synchronized void end() {
    count--;
    notifyAll();
  }

  /**
   * Lets nothing new begin from now on, and waits for the rest.
   *
   * @return whether nothing is under way any more
   */
  synchronized boolean drain(Duration most) {
    draining = true;
    return BoundedWait.on(this, most, () -> count == 0);
  }
}
