package io.dsa.verbs.darpc;

import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;

/**
 * How many connections of each host nobody knows yet. A host has no more of them than the most, so
 * that it cannot take every place of a server by connecting and proving nothing. Thread-safe.
 */
final class Strangers {
  private final int most;
  private final Map<InetAddress, Integer> counts = new HashMap<>();

  /**
   * Knows of none yet.
   *
   * @param most of one host at a time
   */
  Strangers(int most) {
    this.most = most;
  }

  /** Counts another one of a host, unless that has the most already: then false. */
  synchronized boolean enter(InetAddress host) {
    int count = counts.getOrDefault(host, 0);
    if (count >= most) {
      return false;
    }
    counts.put(host, count + 1);
    return true;
  }

  /** One that was counted is known now, or has gone. */
  synchronized void leave(InetAddress host) {
    // What is not in the map takes no memory: addresses come and go without end.
    counts.computeIfPresent(host, (_, count) -> count == 1 ? null : count - 1);
  }

  synchronized int hosts() {
    return counts.size();
  }
}
