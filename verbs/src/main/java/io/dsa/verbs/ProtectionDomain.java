package io.dsa.verbs;

import java.lang.foreign.MemorySegment;

/**
 * A protection domain (ibv_alloc_pd(3)): regions and windows work only with queue pairs of the same
 * domain. Thread-safe. Close what was made from it first.
 */
public final class ProtectionDomain implements AutoCloseable {
  private final long id;
  private boolean closed;

  private ProtectionDomain(long id) {
    this.id = id;
  }

  static ProtectionDomain allocate(long context) {
    long id = Native.allocateDomain(context);
    Native.check("allocate a protection domain", id);
    return new ProtectionDomain(id);
  }

  long id() {
    return id;
  }

  /**
   * Registers native memory with the device; the device may read it, and do what {@code access}
   * allows besides. The segment must stay mapped until the region is closed.
   *
   * @param memory native memory of any size, over 2 GiB too
   * @param access flags of {@link Access}
   * @throws VerbsException ENOMEM over the limit on locked memory, EOPNOTSUPP or EFAULT where the
   *     device cannot reach this kind of memory
   */
  public MemoryRegion register(MemorySegment memory, int access) {
    return MemoryRegion.register(this, memory, access);
  }

  /** Allocates a type-2 memory window (ibv_alloc_mw(3)), not bound to anything yet. */
  public MemoryWindow allocateWindow() {
    return MemoryWindow.allocate(this);
  }

  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    Native.check("free a protection domain", Native.deallocateDomain(id));
  }
}
