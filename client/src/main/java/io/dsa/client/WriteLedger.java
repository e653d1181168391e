package io.dsa.client;

/**
 * What one lane has written and not flushed, as far as it was acknowledged. Confined to the lane,
 * and while that is detached, to the connector; but any thread may ask whether there is something.
 */
final class WriteLedger {
  private final LostWrites lost;
  private final UnflushedRanges unflushed = new UnflushedRanges();
  private volatile boolean dirty;

  WriteLedger(LostWrites lost) {
    this.lost = lost;
  }

  boolean isDirty() {
    return dirty;
  }

  /** The ranges; whoever takes some out has this {@link #refresh}ed. */
  UnflushedRanges unflushed() {
    return unflushed;
  }

  void refresh() {
    boolean now = !unflushed.isEmpty();
    if (dirty != now) {
      dirty = now;
    }
  }

  /**
   * Enters a request that has succeeded, before anybody hears of that.
   *
   * @param durable whether the volume can be flushed at all
   */
  void enter(LaneRequest request, boolean durable) {
    Operation<?> operation = request.operation;
    switch (operation.kind()) {
      case READ -> {
        return;
      }
      case WRITE, COMPARE_AND_SWAP, FETCH_AND_ADD, ATOMIC_WRITE -> {
        if (!durable || operation.isSettled()) {
          return;
        }
        lost.writtenAgain(operation.offset(), operation.end());
        unflushed.add(operation.offset(), operation.end(), request.age);
      }
      case WRITE_DURABLE -> {
        lost.writtenAgain(operation.offset(), operation.end());
        unflushed.flushed(operation.offset(), operation.end(), request.age);
      }
      case FLUSH -> unflushed.flushed(operation.offset(), operation.end(), request.age);
    }
    refresh();
  }
}
