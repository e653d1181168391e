package io.dsa.sal.linux;

import io.dsa.sal.PersistenceDomain;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What sysfs says about one DAX character device.
 *
 * <p>Source: the kernel's Documentation/ABI/testing/sysfs-bus-dax.
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

  /** Returns how far a write has to get to survive a power cut. */
  public PersistenceDomain persistence() throws IOException {
    return PmemSysfs.domain(directory);
  }

  /** Returns the NVDIMM region that it is in, such as {@code region0}, or empty if in none. */
  public Optional<String> region() {
    for (Path name : directory) {
      if (name.toString().matches("region[0-9]+")) {
        return Optional.of(name.toString());
      }
    }
    return Optional.empty();
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
