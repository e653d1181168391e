package io.dsa.sal.linux;

import io.dsa.sal.PersistenceDomain;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * How far a write has to get into a piece of memory to survive a power cut, as sysfs knows it.
 *
 * <p>Sources: the kernel's Documentation/ABI/testing/sysfs-bus-nfit, and
 * drivers/nvdimm/region_devs.c for the meaning of a missing persistence_domain.
 */
public final class PmemSysfs {
  private PmemSysfs() {}

  /**
   * Returns the domain of a device by its directory below {@code /sys/devices}.
   *
   * <p>Memory that is in no NVDIMM region (high-bandwidth memory, CXL RAM, anything soft-reserved)
   * is DRAM. A region names its domain where the platform declared one; where it did not, the
   * platform is taken to have ADR, as the kernel's own pmem driver does. A virtio-pmem region needs
   * a request to the hypervisor for a flush, which cannot be made by writing back lines: nothing is
   * promised there.
   */
  public static PersistenceDomain domain(Path directory) throws IOException {
    boolean region = false;
    for (Path at = directory; at != null && at.getFileName() != null; at = at.getParent()) {
      String name = at.getFileName().toString();
      region |= name.matches("region[0-9]+");
      if (name.matches("virtio[0-9]+")) {
        return PersistenceDomain.VOLATILE;
      }
      Path declared = at.resolve("persistence_domain");
      if (Files.exists(declared)) {
        return switch (Files.readString(declared, StandardCharsets.US_ASCII).strip()) {
          case "cpu_cache" -> PersistenceDomain.CPU_CACHE;
          default -> PersistenceDomain.MEMORY_CONTROLLER;
        };
      }
    }
    return region ? PersistenceDomain.MEMORY_CONTROLLER : PersistenceDomain.VOLATILE;
  }

  /**
   * Returns the domain of a block device; of one that device mapper made, the weakest of what it
   * was made of.
   *
   * @param sysfs where sysfs is mounted, as in {@code /sys}
   * @param device its numbers, MAJOR:MINOR
   */
  public static PersistenceDomain ofBlockDevice(Path sysfs, String device) throws IOException {
    try {
      return ofBlockDevice(sysfs.resolve("dev/block/" + device).toRealPath());
    } catch (NoSuchFileException e) {
      return PersistenceDomain.VOLATILE; // a file system on something that is no block device
    }
  }

  private static PersistenceDomain ofBlockDevice(Path directory) throws IOException {
    List<Path> parts = List.of();
    if (Files.isDirectory(directory.resolve("slaves"))) {
      try (Stream<Path> slaves = Files.list(directory.resolve("slaves"))) {
        parts = slaves.toList();
      }
    }
    if (parts.isEmpty()) {
      return domain(directory);
    }
    PersistenceDomain weakest = PersistenceDomain.CPU_CACHE;
    for (Path part : parts) {
      PersistenceDomain domain = ofBlockDevice(part.toRealPath());
      weakest = domain.compareTo(weakest) < 0 ? domain : weakest;
    }
    return weakest;
  }
}
