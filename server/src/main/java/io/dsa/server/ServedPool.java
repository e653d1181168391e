package io.dsa.server;

import io.dsa.protocol.DurabilityMethod;
import io.dsa.protocol.Persistence;
import io.dsa.protocol.PoolInfo;
import io.dsa.sal.Device;
import io.dsa.sal.Extent;
import io.dsa.sal.Pool;
import java.lang.foreign.MemorySegment;
import java.util.Set;

/** A pool, the device under it, and how clients reach it. It owns both. Thread-safe. */
final class ServedPool implements AutoCloseable {
  private final Device device;
  private final Pool pool;
  private final RdmaReach reach;

  ServedPool(Device device, Pool pool, RdmaReach reach) {
    this.device = device;
    this.pool = pool;
    this.reach = reach;
  }

  Pool pool() {
    return pool;
  }

  RdmaReach reach() {
    return reach;
  }

  /** How writes to volumes of this pool are made durable; empty where they never are. */
  Set<DurabilityMethod> durability() {
    return reach.durability();
  }

  /** Whether anything of it survives a power cut. */
  boolean isPersistent() {
    return device.persistence().isPersistent();
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
          case DEVICE -> Persistence.DEVICE;
        };
    return new PoolInfo(uri(), pool.capacity(), pool.free(), persistence);
  }

  @Override
  public void close() {
    pool.close();
    device.close();
  }
}
