package io.dsa.cli;

import java.util.Arrays;

/**
 * What a thread of {@code dsa bench --verify} knows of the blocks that it writes: for each the
 * oldest and the newest generation that a reader may find. They differ where a write was in flight
 * when the connection was lost. Confined to one thread at a time.
 */
final class WrittenBlocks {
  static final int MOST_BLOCKS = 1 << 27;

  private final int[] oldest;
  private final int[] newest;
  private final int[] durable;
  private final boolean[] busy;

  /**
   * Knows of no write yet.
   *
   * @param count blocks, up to {@link #MOST_BLOCKS}
   */
  WrittenBlocks(int count) {
    oldest = new int[count];
    newest = new int[count];
    durable = new int[count];
    busy = new boolean[count];
  }

  /** Whether nothing is in flight on the block; what is in flight is on one request alone. */
  boolean isIdle(long block) {
    return !busy[(int) block];
  }

  boolean isWritten(long block) {
    return newest[(int) block] > 0;
  }

  void reading(long block) {
    busy[(int) block] = true;
  }

  /** The generation that a write which begins now gives the block. */
  int writing(long block) {
    busy[(int) block] = true;
    return ++newest[(int) block];
  }

  void read(long block) {
    busy[(int) block] = false;
  }

  /** The write that began last is complete: from now on readers find it. */
  void written(long block, boolean isDurable) {
    int at = (int) block;
    busy[at] = false;
    oldest[at] = newest[at];
    if (isDurable) {
      durable[at] = newest[at];
    }
  }

  /** Nothing is in flight any more: the connection is lost. */
  void disconnected() {
    Arrays.fill(busy, false);
  }

  /** The server was restarted: only what was durable must still be there. */
  void restarted() {
    System.arraycopy(durable, 0, oldest, 0, durable.length);
  }

  /** Whether a reader may find that generation; 0 stands for what was there before the run. */
  boolean isPossible(long block, long generation) {
    int at = (int) block;
    return generation >= oldest[at] && generation <= newest[at];
  }

  String expected(long block) {
    int at = (int) block;
    return oldest[at] == newest[at]
        ? "generation " + newest[at]
        : "generation " + oldest[at] + " to " + newest[at];
  }
}
