package io.dsa.client;

import java.lang.foreign.MemorySegment;

/** Whether memory may be used by other threads than the current one. */
final class SharedMemory {
  /** Never started; only asked about. */
  static final Thread ANY_THREAD = Thread.ofVirtual().unstarted(() -> {});

  private SharedMemory() {}

  static boolean isShared(MemorySegment memory) {
    return memory.isAccessibleBy(ANY_THREAD);
  }
}
