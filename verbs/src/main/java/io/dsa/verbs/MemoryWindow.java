package io.dsa.verbs;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A type-2 memory window (ibv_alloc_mw(3)): a remote key that works on one queue pair only, and
 * that closing revokes at once. Bound by {@link QueuePair#bind}. Thread-safe.
 */
public final class MemoryWindow implements AutoCloseable {
  private final long id;
  private boolean closed;

  private MemoryWindow(long id) {
    this.id = id;
  }

  static MemoryWindow allocate(ProtectionDomain domain) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment key = arena.allocate(ValueLayout.JAVA_INT);
      long id = Native.allocateWindow(domain.id(), key);
      if (id < 0) {
        throw new VerbsException("allocate a memory window", Native.errno(id));
      }
      return new MemoryWindow(id);
    }
  }

  long id() {
    return id;
  }

  /** Frees the window: when this returns, no access through its key succeeds any more. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    Native.check("free a memory window", Native.deallocateWindow(id));
    closed = true;
  }
}
