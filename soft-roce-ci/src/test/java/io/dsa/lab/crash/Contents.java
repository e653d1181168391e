package io.dsa.lab.crash;

import java.lang.foreign.MemorySegment;
import java.util.List;

/** What is there after a crash, by whatever way it is read. Not thread-safe. */
interface Contents {
  /** Returns every volume. */
  List<ExpectedVolume.Shape> volumes();

  /** Reads from a volume, as much as {@code target} holds. */
  void read(String volume, long offset, MemorySegment target);
}
