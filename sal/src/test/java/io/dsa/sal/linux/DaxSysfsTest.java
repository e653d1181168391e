package io.dsa.sal.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.dsa.sal.PersistenceDomain;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DaxSysfsTest {
  private static final String NVDIMM =
      "devices/LNXSYSTM:00/LNXSYBUS:00/ACPI0012:00/ndbus0/region0/dax0.1/dax0.0";

  @TempDir Path root;

  // The temporary directory's own name must not look like a part of sysfs.
  private Path sysfs;

  @BeforeEach
  void makeSysfs() throws IOException {
    sysfs = Files.createDirectory(root.resolve("sys"));
    Files.createDirectories(sysfs.resolve("bus/dax"));
    Files.createDirectories(sysfs.resolve("dev/char"));
  }

  @Test
  void shouldTakeApartDeviceNumbers() {
    assertThat(DaxSysfs.major(0xFB02)).isEqualTo(0xFB);
    assertThat(DaxSysfs.minor(0xFB02)).isEqualTo(2);
    assertThat(DaxSysfs.major(0x0001_2000_3454_5678L)).isEqualTo(0x12456);
    assertThat(DaxSysfs.minor(0x0001_2000_3454_5678L)).isEqualTo(0x34578);
  }

  @Test
  void shouldReadSizeAndAlignment() throws IOException {
    DaxSysfs facts = device(NVDIMM);
    assertThat(facts.isDax()).isTrue();
    assertThat(facts.size()).isEqualTo(1054867456L);
    assertThat(facts.alignment()).isEqualTo(2L << 20);
    Files.delete(facts.directory().resolve("align"));
    assertThat(facts.alignment()).isEqualTo(2L << 20);
    Files.writeString(facts.directory().resolve("size"), "large\n");
    assertThatIOException().isThrownBy(facts::size).withMessageContaining("'large'");
  }

  @Test
  void shouldTrustWhatARegionDeclares() throws IOException {
    DaxSysfs facts = device(NVDIMM);
    Path declared = facts.directory().resolve("../../persistence_domain");
    Files.writeString(declared, "cpu_cache\n");
    assertThat(facts.persistence()).isEqualTo(PersistenceDomain.CPU_CACHE);
    Files.writeString(declared, "memory_controller\n");
    assertThat(facts.persistence()).isEqualTo(PersistenceDomain.MEMORY_CONTROLLER);
  }

  @Test
  void shouldTakeAnUndeclaredRegionToHaveAdr() throws IOException {
    assertThat(device(NVDIMM).persistence()).isEqualTo(PersistenceDomain.MEMORY_CONTROLLER);
  }

  @Test
  void shouldNotTrustMemoryThatIsNoNvdimm() throws IOException {
    assertThat(device("devices/platform/hmem.0/dax0.0").persistence())
        .isEqualTo(PersistenceDomain.VOLATILE);
  }

  @Test
  void shouldNotTrustAHypervisorsFlush() throws IOException {
    assertThat(
            device("devices/pci0000:00/0000:00:04.0/virtio2/ndbus0/region0/dax0.1/dax0.0")
                .persistence())
        .isEqualTo(PersistenceDomain.VOLATILE);
  }

  @Test
  void shouldTellOtherDevicesApart() throws IOException {
    DaxSysfs facts = device(NVDIMM);
    Files.delete(facts.directory().resolve("subsystem"));
    assertThat(facts.isDax()).isFalse();
    Files.createSymbolicLink(
        facts.directory().resolve("subsystem"), Files.createDirectories(sysfs.resolve("bus/mem")));
    assertThat(facts.isDax()).isFalse();
  }

  @Test
  void shouldSayThatThereIsNoSuchDevice() {
    org.assertj.core.api.Assertions.assertThatExceptionOfType(NoSuchFileException.class)
        .isThrownBy(() -> DaxSysfs.of(sysfs, 0x0103));
  }

  private DaxSysfs device(String path) throws IOException {
    Path directory = Files.createDirectories(sysfs.resolve(path));
    Files.writeString(directory.resolve("size"), "1054867456\n");
    Files.writeString(directory.resolve("align"), "2097152\n");
    Files.createSymbolicLink(directory.resolve("subsystem"), sysfs.resolve("bus/dax"));
    Files.createSymbolicLink(sysfs.resolve("dev/char/251:2"), directory);
    return DaxSysfs.of(sysfs, 0xFB02);
  }
}
