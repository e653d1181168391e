package io.dsa.verbs;

/**
 * How addresses are resolved (rdma_resolve_addr(3)): in short steps, one after the other, until the
 * caller's time is over.
 *
 * <p>The kernel asks the neighbour, then begins to wait for the answer. An answer that comes in
 * between is missed: the kernel looks again only when the time it was given is over. On a fast
 * network that is what happens whenever a host is contacted for the first time, so one long step
 * would make every such connect as long as its timeout.
 */
public final class AddressResolution {
  /** What one step may take. */
  public static final int STEP_MILLIS = 100;

  private AddressResolution() {}

  /** Whether a step that failed with this status should be followed by another. */
  public static boolean goesOn(int status, long deadlineNanos) {
    return status == -Errno.ETIMEDOUT && deadlineNanos - System.nanoTime() > 0;
  }
}
