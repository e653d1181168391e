package io.dsa.verbs;

import static java.lang.foreign.ValueLayout.JAVA_INT;

/** What a device reads and writes of a chain, for the model of one. */
public final class ChainedWork {
  private ChainedWork() {}

  public static WorkRequests of(Chain chain) {
    return chain.requests();
  }

  /** The batch was posted, or could not be. */
  public static void settle(Chain chain, int errno) {
    chain.memory().set(JAVA_INT, Chain.POSTED, errno == 0 ? 1 : -errno);
  }

  /** Its turn has not come. */
  public static void leave(Chain chain) {
    chain.memory().set(JAVA_INT, Chain.POSTED, 0);
  }
}
