package io.dsa.client;

import java.util.Objects;

/**
 * What an {@link IoQueue} is to be like. Immutable.
 *
 * @param depth requests in flight at most, 1 to {@link IoQueue#MAX_DEPTH}
 * @param waitMode how {@link IoQueue#await} waits
 * @param signalInterval within a batch, how many work requests share a completion, 1 to 1024: more
 *     cost less, but the first of them is heard of no earlier than the last
 */
public record QueueOptions(int depth, WaitMode waitMode, int signalInterval) {
  private static final int DEFAULT_DEPTH = 32;
  private static final int DEFAULT_SIGNAL_INTERVAL = 16;

  public QueueOptions {
    inRange("depth", depth);
    Objects.requireNonNull(waitMode, "waitMode");
    inRange("signalInterval", signalInterval);
  }

  private static void inRange(String name, int value) {
    if (value < 1 || value > IoQueue.MAX_DEPTH) {
      throw new IllegalArgumentException(
          "a queue's " + name + " is " + value + ", not within 1 to " + IoQueue.MAX_DEPTH);
    }
  }

  /** 32 requests deep, adaptive, a completion for each 16 work requests of a batch. */
  public static QueueOptions defaults() {
    return new QueueOptions(DEFAULT_DEPTH, WaitMode.ADAPTIVE, DEFAULT_SIGNAL_INTERVAL);
  }

  public QueueOptions withDepth(int newDepth) {
    return new QueueOptions(newDepth, waitMode, signalInterval);
  }

  public QueueOptions withWaitMode(WaitMode newMode) {
    return new QueueOptions(depth, newMode, signalInterval);
  }

  public QueueOptions withSignalInterval(int newInterval) {
    return new QueueOptions(depth, waitMode, newInterval);
  }
}
