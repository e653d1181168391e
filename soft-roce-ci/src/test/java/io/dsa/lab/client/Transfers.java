package io.dsa.lab.client;

import io.dsa.client.CompletionHandler;
import io.dsa.client.IoQueue;
import io.dsa.client.IoStatus;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/** Collects what completes on a queue, and notices a request that completes twice. */
final class Transfers implements CompletionHandler {
  private final Map<Long, IoStatus> statuses = new TreeMap<>();

  @Override
  public void completed(long token, IoStatus status) {
    if (statuses.put(token, status) != null) {
      throw new AssertionError("request " + token + " completed twice");
    }
  }

  /** Waits until nothing is in flight and returns what completed since the last call, by token. */
  Map<Long, IoStatus> drain(IoQueue queue) {
    long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    while (queue.inFlight() > 0) {
      queue.await(this, Duration.ofSeconds(1));
      if (System.nanoTime() > deadline) {
        throw new AssertionError(queue.inFlight() + " requests never completed");
      }
    }
    return take();
  }

  /** What completed since the last call, by token. */
  Map<Long, IoStatus> take() {
    Map<Long, IoStatus> all = new TreeMap<>(statuses);
    statuses.clear();
    return all;
  }
}
