package io.dsa.server.admin;

import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;

/**
 * The places for connections, and who has them. One host has a part of them at most, known to
 * somebody or not, so that it cannot keep all others out by connecting. Used by one thread.
 */
final class Places {
  private final int most;
  private final int mostOfHost;
  private final Map<InetAddress, Integer> taken = new HashMap<>();
  private int all;

  Places(int most, int mostOfHost) {
    this.most = most;
    this.mostOfHost = mostOfHost;
  }

  /** Takes one for a host; false if it has its part already, or there is none left. */
  boolean enter(InetAddress host) {
    int ofHost = taken.getOrDefault(host, 0);
    if (all >= most || ofHost >= mostOfHost) {
      return false;
    }
    all++;
    taken.put(host, ofHost + 1);
    return true;
  }

  /** Gives one back that was taken. */
  void leave(InetAddress host) {
    all--;
    // What is not in the map takes no memory: addresses come and go without end.
    taken.computeIfPresent(host, (_, count) -> count == 1 ? null : count - 1);
  }

  /** How many a host has. */
  int of(InetAddress host) {
    return taken.getOrDefault(host, 0);
  }

  /** How many are taken. */
  int all() {
    return all;
  }

  /** How many hosts have any. */
  int hosts() {
    return taken.size();
  }
}
