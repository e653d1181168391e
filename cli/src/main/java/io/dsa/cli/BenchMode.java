package io.dsa.cli;

/** What a run of {@code dsa bench} asks of the volume. */
enum BenchMode {
  /** Reads alone. */
  READ(false, false),
  /** Writes, which are visible to readers when they complete, but not durable. */
  WRITE(true, false),
  /** Reads and writes by a share. */
  MIXED(true, false),
  /** Writes that complete when they are durable: each is a write and a flush of the same block. */
  DURABLE_WRITE(true, true),
  /** Durable writes one behind the other, as a log is written; at the end it starts again. */
  DURABLE_APPEND(true, true);

  private final boolean writes;
  private final boolean durable;

  BenchMode(boolean writes, boolean durable) {
    this.writes = writes;
    this.durable = durable;
  }

  boolean writes() {
    return writes;
  }

  /** Whether each write is flushed. */
  boolean isDurable() {
    return durable;
  }
}
