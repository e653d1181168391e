package io.dsa.client;

/** An operation on one lane, and how far that has come. Confined to the lane once it is taken. */
final class LaneRequest {
  final Operation<?> operation;

  /** A flush on a lane that is not the caller's: only what that has to flush counts. */
  final boolean incidental;

  /** The one that was submitted before this, or after taking them, the next. */
  LaneRequest link;

  LaneRequest before;
  LaneRequest after;

  /** Bytes whose transfer was posted. */
  long posted;

  /** Bytes whose flush was posted. */
  long flushed;

  /** Pieces in flight. */
  int outstanding;

  /** The lane's age when it was posted; see {@link UnflushedRanges}. */
  long age;

  boolean whollyPosted;

  /** Some of it must be done again on another connection. */
  boolean interrupted;

  /** What was thought to be posted was not. */
  boolean held;

  RuntimeException failure;

  LaneRequest(Operation<?> operation, boolean incidental) {
    this.operation = operation;
    this.incidental = incidental;
  }

  /** Begins again. */
  void restart() {
    posted = 0;
    flushed = 0;
    whollyPosted = false;
    interrupted = false;
    held = false;
  }

  boolean succeeded() {
    return whollyPosted && !interrupted && failure == null;
  }

  /** Whether nothing more of it is to be posted. */
  boolean isOver() {
    return whollyPosted || failure != null || operation.isSettled();
  }
}
