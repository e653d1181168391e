package io.dsa.verbs;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Memory that the device may reach (ibv_reg_mr(3)). It borrows the segment and keeps it reachable;
 * whoever mapped the segment unmaps it, after this is closed. Thread-safe.
 */
public final class MemoryRegion implements AutoCloseable {
  private final MemorySegment memory;
  private final long id;
  private final int localKey;
  private final int remoteKey;
  private boolean closed;

  private MemoryRegion(MemorySegment memory, long id, int localKey, int remoteKey) {
    this.memory = memory;
    this.id = id;
    this.localKey = localKey;
    this.remoteKey = remoteKey;
  }

  static MemoryRegion register(ProtectionDomain domain, MemorySegment memory, int access) {
    if (!memory.isNative()) {
      throw new IllegalArgumentException("only native memory can be registered, not the heap's");
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment keys = arena.allocate(ValueLayout.JAVA_INT, 2);
      long id =
          Native.registerRegion(
              domain.id(), memory.address(), memory.byteSize(), access, keys, keys.asSlice(4));
      if (id < 0) {
        throw new VerbsException(
            "register " + memory.byteSize() + " bytes of memory", Native.errno(id));
      }
      return new MemoryRegion(
          memory, id, keys.get(ValueLayout.JAVA_INT, 0), keys.get(ValueLayout.JAVA_INT, 4));
    }
  }

  long id() {
    return id;
  }

  public long address() {
    return memory.address();
  }

  /** Length in bytes. */
  public long length() {
    return memory.byteSize();
  }

  public MemorySegment memory() {
    return memory;
  }

  /** The key (lkey) for scatter and gather elements on this end. */
  public int localKey() {
    return localKey;
  }

  /** The key (rkey) for the peer, where the region was registered with remote access. */
  public int remoteKey() {
    return remoteKey;
  }

  /**
   * Deregisters the memory; the next access of the device fails.
   *
   * @throws VerbsException EBUSY while a window is bound to the region; it may be closed again
   *     later
   */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    Native.check("deregister memory", Native.deregisterRegion(id));
    closed = true;
  }
}
