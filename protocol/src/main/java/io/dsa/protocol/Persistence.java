package io.dsa.protocol;

/** How far a write has to get on the pool's device before it survives a power cut. */
public enum Persistence {
  /** A domain that this build does not know; a newer server sent it. */
  UNRECOGNISED(0),
  /** Nothing survives: DRAM. */
  VOLATILE(1),
  /** What has left the CPU caches survives. */
  MEMORY_CONTROLLER(2),
  /** What is in the CPU caches survives too. */
  CPU_CACHE(3),
  /** What the device acknowledged a cache flush for survives: block flash. */
  DEVICE(4);

  private final int wire;

  Persistence(int wire) {
    this.wire = wire;
  }

  int wire() {
    return wire;
  }

  static Persistence fromWire(int wire) {
    for (Persistence persistence : values()) {
      if (persistence.wire == wire) {
        return persistence;
      }
    }
    return UNRECOGNISED;
  }
}
