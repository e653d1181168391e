package io.dsa.client;

/** How {@link IoQueue#await} spends its time. */
public enum WaitMode {
  /** Polls all the time: the quickest where a CPU is to spare, which it uses up. */
  SPIN,
  /** Sleeps until the device's completion event: no CPU, but a wake-up in each wait. */
  BLOCK,
  /** Spins for at most 200 microseconds, while that has lately been enough, then sleeps. */
  ADAPTIVE
}
