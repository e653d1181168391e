package io.dsa.sal.linux;

import io.dsa.sal.PersistenceDomain;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What sysfs says about one DAX character device.
 *
 * <p>Sources: the kernel's Documentation/ABI/testing/sysfs-bus-dax and sysfs-bus-nfit, and
 * drivers/nvdimm/region_devs.c for the meaning of a missing persistence_domain.
 */
public final class DaxSysfs {
  private final Path directory;

  private DaxSysfs(Path directory) {
    this.directory = directory;
  }

  /**
   * Finds the directory of a character device.
   *
   * @param sysfs where sysfs is mounted, as in {@code /sys}
   * @param deviceNumber as stat reports it
   * @throws IOException if there is none
   */
  public static DaxSysfs of(Path sysfs, long deviceNumber) throws IOException {
    return new DaxSysfs(
        sysfs.resolve("dev/char/" + major(deviceNumber) + ":" + minor(deviceNumber)).toRealPath());
  }

  /** Returns the directory, the same for every device node of the device. */
  public Path directory() {
    return directory;
  }

  /** Says whether it is a DAX device. */
  public boolean isDax() {
    try {
      Path name = directory.resolve("subsystem").toRealPath().getFileName();
      return name != null && name.toString().equals("dax");
    } catch (IOException e) {
      return false; // a device without a subsystem, such as a console
    }
  }

  /** Returns its size in bytes. */
  public long size() throws IOException {
    return number("size");
  }

  /** Returns its page size in bytes: what a mapping is aligned to. */
  public long alignment() throws IOException {
    // Kernels before 5.8 do not say; 2 MiB was their only default.
    return Files.exists(directory.resolve("align")) ? number("align") : Mapping.HUGE_PAGE;
  }

  /**
   * Returns how far a write has to get to survive a power cut.
   *
   * <p>Memory that is in no NVDIMM region (high-bandwidth memory, CXL RAM, anything soft-reserved)
   * is DRAM. A region names its domain where the platform declared one; where it did not, the
   * platform is taken to have ADR, as the kernel's own pmem driver does. A virtio-pmem region needs
   * a request to the hypervisor for a flush, which cannot be made on a character device: nothing is
   * promised there.
   */
  public PersistenceDomain persistence() throws IOException {
    boolean region = false;
    for (Path at = directory; at != null && at.getFileName() != null; at = at.getParent()) {
      String name = at.getFileName().toString();
      region |= name.matches("region[0-9]+");
      if (name.matches("virtio[0-9]+")) {
        return PersistenceDomain.VOLATILE;
      }
      Path declared = at.resolve("persistence_domain");
      if (Files.exists(declared)) {
        return switch (text(declared)) {
          case "cpu_cache" -> PersistenceDomain.CPU_CACHE;
          default -> PersistenceDomain.MEMORY_CONTROLLER;
        };
      }
    }
    return region ? PersistenceDomain.MEMORY_CONTROLLER : PersistenceDomain.VOLATILE;
  }

  private long number(String attribute) throws IOException {
    String text = text(directory.resolve(attribute));
    try {
      return Long.decode(text);
    } catch (NumberFormatException e) {
      throw new IOException(directory.resolve(attribute) + " is no number: '" + text + "'", e);
    }
  }

  private static String text(Path attribute) throws IOException {
    return Files.readString(attribute, StandardCharsets.US_ASCII).strip();
  }

  // As glibc's sys/sysmacros.h packs them.
  static long major(long deviceNumber) {
    return ((deviceNumber >>> 8) & 0xFFF) | ((deviceNumber >>> 32) & 0xFFFF_F000L);
  }

  static long minor(long deviceNumber) {
    return (deviceNumber & 0xFF) | ((deviceNumber >>> 12) & 0xFFFF_FF00L);
  }
}
