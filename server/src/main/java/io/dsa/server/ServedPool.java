package io.dsa.server;

import io.dsa.protocol.DurabilityMethod;
import io.dsa.protocol.Persistence;
import io.dsa.protocol.PoolInfo;
import io.dsa.sal.Device;
import io.dsa.sal.Extent;
import io.dsa.sal.Pool;
import io.dsa.verbs.Access;
import io.dsa.verbs.DeviceAttributes.Feature;
import io.dsa.verbs.Errno;
import io.dsa.verbs.ProtectionDomain;
import io.dsa.verbs.RdmaDevice;
import io.dsa.verbs.VerbsException;
import java.lang.foreign.MemorySegment;
import java.util.EnumSet;
import java.util.Set;

/** A pool, the device under it, and how clients can make writes to it durable. */
final class ServedPool implements AutoCloseable {
  private static final int FLUSH = Access.FLUSH_GLOBAL | Access.FLUSH_PERSISTENT;
  private static final long TRIAL_BYTES = 1 << 21;

  private final Device device;
  private final Pool pool;
  private final Set<DurabilityMethod> durability;

  private ServedPool(Device device, Pool pool, Set<DurabilityMethod> durability) {
    this.device = device;
    this.pool = pool;
    this.durability = durability;
  }

  /** Takes over the pool and its device, and tries what the RDMA device can do with the memory. */
  static ServedPool of(Device device, Pool pool, RdmaDevice rdma, ProtectionDomain domain) {
    EnumSet<DurabilityMethod> durability = EnumSet.noneOf(DurabilityMethod.class);
    boolean persistent = device.persistence().isPersistent();
    if (persistent) {
      durability.add(DurabilityMethod.SERVER_PERSIST);
    }
    MemorySegment trial =
        device.memory().asSlice(0, Math.min(TRIAL_BYTES, device.memory().byteSize()));
    domain.register(trial, Access.LOCAL_WRITE | Access.MW_BIND).close();
    if (persistent
        && rdma.attributes().features().contains(Feature.FLUSH_PERSISTENT)
        && canRegister(domain, trial, Access.LOCAL_WRITE | Access.MW_BIND | FLUSH)) {
      durability.add(DurabilityMethod.RDMA_FLUSH);
    }
    return new ServedPool(device, pool, durability);
  }

  /** The kernel refuses the flush flags for memory that it does not hold for persistent. */
  private static boolean canRegister(ProtectionDomain domain, MemorySegment memory, int access) {
    try {
      domain.register(memory, access).close();
      return true;
    } catch (VerbsException e) {
      if (e.errno() == Errno.EINVAL || e.errno() == Errno.EOPNOTSUPP) {
        return false;
      }
      throw e;
    }
  }

  Pool pool() {
    return pool;
  }

  /** How writes to volumes of this pool are made durable; empty where they never are. */
  Set<DurabilityMethod> durability() {
    return durability;
  }

  /** The access flags that regions and windows need beyond reading and writing. */
  int flushAccess() {
    return durability.contains(DurabilityMethod.RDMA_FLUSH) ? FLUSH : 0;
  }

  String uri() {
    return device.uri();
  }

  MemorySegment memory(Extent extent) {
    return device.memory().asSlice(extent.poolOffset(), extent.length());
  }

  void persist(long poolOffset, long length) {
    device.persist(poolOffset, length);
  }

  PoolInfo info() {
    Persistence persistence =
        switch (device.persistence()) {
          case VOLATILE -> Persistence.VOLATILE;
          case MEMORY_CONTROLLER -> Persistence.MEMORY_CONTROLLER;
          case CPU_CACHE -> Persistence.CPU_CACHE;
        };
    return new PoolInfo(uri(), pool.capacity(), pool.free(), persistence);
  }

  @Override
  public void close() {
    device.close();
  }
}
