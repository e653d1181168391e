package io.dsa.cli;

/** How many requests one thread of {@code dsa bench} may still begin. Confined to it. */
final class BenchQuota {
  private long left = Long.MAX_VALUE;

  /** From now on so many. */
  void set(long requests) {
    left = requests;
  }

  boolean isLeft() {
    return left > 0;
  }

  void take() {
    left--;
  }
}
