package io.dsa.verbs;

import static java.lang.foreign.ValueLayout.JAVA_INT;

/** What a device reads and writes of a chain, for the model of one. */
public final class ChainedWork {
  private ChainedWork() {}

  public static WorkRequests of(Chain chain) {
    return chain.requests();
  }

  public static void settle(Chain chain, boolean posted) {
    chain.memory().set(JAVA_INT, Chain.POSTED, posted ? 1 : 0);
  }
}
