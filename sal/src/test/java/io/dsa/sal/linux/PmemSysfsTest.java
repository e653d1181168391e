package io.dsa.sal.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.dsa.sal.PersistenceDomain;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Block devices; {@link DaxSysfsTest} has the character devices. */
class PmemSysfsTest {
  private static final String BUS = "devices/LNXSYSTM:00/LNXSYBUS:00/ACPI0012:00/ndbus0/";

  @TempDir Path root;

  private Path sysfs;

  @BeforeEach
  void makeSysfs() throws IOException {
    sysfs = root.resolve("sys");
    Files.createDirectories(sysfs.resolve("dev/block"));
  }

  @Test
  void shouldFindTheRegionOfANamespaceAndOfItsPartitions() throws IOException {
    Path pmem = device("259:0", BUS + "region1/pfn1.0/block/pmem1");
    device("259:1", BUS + "region1/pfn1.0/block/pmem1/pmem1p1");
    assertThat(domain("259:0")).isEqualTo(PersistenceDomain.MEMORY_CONTROLLER);
    Files.writeString(pmem.resolve("../../../persistence_domain"), "cpu_cache\n");
    assertThat(domain("259:0")).isEqualTo(PersistenceDomain.CPU_CACHE);
    assertThat(domain("259:1")).isEqualTo(PersistenceDomain.CPU_CACHE);
  }

  @Test
  void shouldTakeDeviceMapperForTheWeakestOfItsParts() throws IOException {
    Path cached = device("259:0", BUS + "region0/pfn0.0/block/pmem0");
    Files.writeString(cached.resolve("../../../persistence_domain"), "cpu_cache\n");
    Path mapped = device("254:0", "devices/virtual/block/dm-0");
    Files.createDirectory(mapped.resolve("slaves"));
    Files.createSymbolicLink(mapped.resolve("slaves/pmem0"), cached);
    assertThat(domain("254:0")).isEqualTo(PersistenceDomain.CPU_CACHE);
    Files.createSymbolicLink(
        mapped.resolve("slaves/pmem1"), device("259:1", BUS + "region1/pfn1.0/block/pmem1"));
    assertThat(domain("254:0")).isEqualTo(PersistenceDomain.MEMORY_CONTROLLER);
    Files.createSymbolicLink(
        mapped.resolve("slaves/sda"), device("8:0", "devices/pci0000:00/block/sda"));
    assertThat(domain("254:0")).isEqualTo(PersistenceDomain.VOLATILE);
  }

  @Test
  void shouldPromiseNothingOfAHypervisorsMemoryOrOfWhatIsNotThere() throws IOException {
    device("259:0", "devices/pci0000:00/virtio2/ndbus0/region0/namespace0.0/block/pmem0");
    assertThat(domain("259:0")).isEqualTo(PersistenceDomain.VOLATILE);
    assertThat(domain("0:42")).isEqualTo(PersistenceDomain.VOLATILE);
  }

  private PersistenceDomain domain(String device) throws IOException {
    return PmemSysfs.ofBlockDevice(sysfs, device);
  }

  private Path device(String numbers, String path) throws IOException {
    Path directory = Files.createDirectories(sysfs.resolve(path));
    Files.createSymbolicLink(sysfs.resolve("dev/block").resolve(numbers), directory);
    return directory;
  }
}
