package io.dsa.server;

import io.dsa.protocol.DurabilityMethod;
import io.dsa.sal.Device;
import io.dsa.sal.WriteBack;
import io.dsa.verbs.Access;
import io.dsa.verbs.DeviceAttributes.Feature;
import io.dsa.verbs.Errno;
import io.dsa.verbs.ProtectionDomain;
import io.dsa.verbs.RdmaDevice;
import io.dsa.verbs.VerbsException;
import java.lang.foreign.MemorySegment;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * How an RDMA device reaches a storage device, and how clients can then make writes durable. Found
 * by registering some of its memory, since what a kernel and a device can do together is written
 * nowhere. Immutable.
 *
 * @param rdmaDevice such as mlx5_0 or rxe0
 * @param registration how memory is registered
 * @param durability how flushes are made durable; empty where the storage is volatile or out of
 *     reach
 * @param refusal why it cannot be served and what to do about it; empty where it can
 */
public record RdmaReach(
    String rdmaDevice,
    Registration registration,
    Set<DurabilityMethod> durability,
    String refusal) {

  /** How a storage device's memory is registered. */
  public enum Registration {
    /** Its pages stay where they are for as long as the region stands. */
    PINNED,
    /** The RDMA device asks the kernel for a page when it needs it. */
    ON_DEMAND,
    /** Not at all. */
    NONE
  }

  private static final int FLUSH = Access.FLUSH_GLOBAL | Access.FLUSH_PERSISTENT;
  private static final int REGION = Access.LOCAL_WRITE | Access.MW_BIND;
  private static final long TRIAL_BYTES = 1 << 21;

  public RdmaReach {
    durability = Set.copyOf(durability);
  }

  /**
   * Tries.
   *
   * @param dmaToPersistence whether the operator says that what arrives by RDMA bypasses the caches
   */
  static RdmaReach of(
      Device device, RdmaDevice rdma, ProtectionDomain domain, boolean dmaToPersistence) {
    String name = rdma.attributes().name();
    if (!rdma.attributes().hasMemoryWindows()) {
      return refused(
          name,
          "it has no type-2 memory windows, without which access cannot be revoked; use another");
    }
    MemorySegment trial =
        device.memory().asSlice(0, Math.min(TRIAL_BYTES, device.memory().byteSize()));
    Optional<VerbsException> pinning = register(domain, trial, REGION);
    if (pinning.isEmpty()) {
      return new RdmaReach(
          name,
          Registration.PINNED,
          durability(device, rdma, domain, trial, REGION, dmaToPersistence),
          "");
    }
    if (!rdma.attributes().features().contains(Feature.ON_DEMAND_PAGING)) {
      return refused(name, unpinned(device));
    }
    int onDemand = REGION | Access.ON_DEMAND;
    return register(domain, trial, onDemand)
        .map(failure -> refused(name, "on-demand paging: " + failure.getMessage()))
        .orElseGet(() ->
            new RdmaReach(
                name,
                Registration.ON_DEMAND,
                durability(device, rdma, domain, trial, onDemand, dmaToPersistence),
                ""));
  }

  private static String unpinned(Device device) {
    return switch (device.writeBack()) {
          case CACHE_LINES ->
              "the kernel does not pin pages of a DAX file system, which may move them, and the"
                  + " device has no on-demand paging that works; make the namespace a character"
                  + " device ('ndctl create-namespace -m devdax') and use devdax:";
          case MSYNC ->
              "the kernel does not pin pages that it writes out to a disk, and the device has no"
                  + " on-demand paging that works; use devdax:, a file on tmpfs for a volatile"
                  + " pool";
          case NONE ->
              "the kernel does not pin these pages, and the device has no on-demand paging that"
                  + " works; use devdax:, memory:, a file on tmpfs";
        }
        + ", or another RDMA device";
  }

  private static RdmaReach refused(String name, String why) {
    return new RdmaReach(name, Registration.NONE, Set.of(), why);
  }

  private static Set<DurabilityMethod> durability(
      Device device,
      RdmaDevice rdma,
      ProtectionDomain domain,
      MemorySegment trial,
      int access,
      boolean dmaToPersistence) {
    EnumSet<DurabilityMethod> methods = EnumSet.noneOf(DurabilityMethod.class);
    if (!device.persistence().isPersistent()) {
      return methods;
    }
    methods.add(DurabilityMethod.SERVER_PERSIST);
    if (device.writeBack() != WriteBack.CACHE_LINES) {
      return methods; // past the page cache only the server reaches
    }
    if (dmaToPersistence) {
      methods.add(DurabilityMethod.READ_AFTER_WRITE);
    }
    if (rdma.attributes().features().contains(Feature.FLUSH_PERSISTENT)
        && register(domain, trial, access | FLUSH).isEmpty()) {
      methods.add(DurabilityMethod.RDMA_FLUSH);
    }
    return methods;
  }

  /** Returns why the memory cannot be registered like this; anything else than that is thrown. */
  private static Optional<VerbsException> register(
      ProtectionDomain domain, MemorySegment memory, int access) {
    try {
      domain.register(memory, access).close();
      return Optional.empty();
    } catch (VerbsException e) {
      return switch (e.errno()) {
        // The first two for pages that cannot be pinned, the third for flush flags on memory that
        // the kernel does not hold for persistent.
        case Errno.EOPNOTSUPP, Errno.EFAULT, Errno.EINVAL -> Optional.of(e);
        default -> throw e;
      };
    }
  }

  /** Whether the storage can be served over this RDMA device. */
  public boolean isServed() {
    return registration != Registration.NONE;
  }

  /** The access flags of its regions. */
  int regionAccess() {
    return REGION | (registration == Registration.ON_DEMAND ? Access.ON_DEMAND : 0) | flushAccess();
  }

  /** The flags that windows need beyond reading and writing. */
  int flushAccess() {
    return durability.contains(DurabilityMethod.RDMA_FLUSH) ? FLUSH : 0;
  }
}
