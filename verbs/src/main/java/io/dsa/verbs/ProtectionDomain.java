package io.dsa.verbs;

import com.ibm.disni.verbs.IbvPd;
import com.ibm.disni.verbs.impl.NatIbvPd;
import java.lang.foreign.MemorySegment;

/**
 * A protection domain (ibv_alloc_pd(3)): regions and windows work only with queue pairs of the same
 * domain. Thread-safe. Close what was made from it first.
 */
public final class ProtectionDomain implements AutoCloseable {
  private final IbvPd pd;
  private final long id;
  private boolean closed;

  ProtectionDomain(IbvPd pd) {
    this.pd = pd;
    this.id = ((NatIbvPd) pd).getObjId();
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
    try {
      if (pd.deallocPd() != 0) {
        throw new VerbsException("free a protection domain", Errno.EBUSY);
      }
    } catch (VerbsException e) {
      throw e;
    } catch (Exception e) {
      throw new VerbsException("free a protection domain", e);
    }
    closed = true;
  }
}
