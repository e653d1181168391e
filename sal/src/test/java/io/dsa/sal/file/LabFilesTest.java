package io.dsa.sal.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.dsa.sal.Device;
import io.dsa.sal.Devices;
import io.dsa.sal.PersistenceDomain;
import io.dsa.sal.StorageException;
import io.dsa.sal.StorageException.Category;
import io.dsa.sal.WriteBack;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files on the file systems that only the lab has. */
@Tag("lab")
@Tag("machine")
class LabFilesTest {
  @Nested
  class OnDax extends FileDeviceContract {
    @Override
    Path place() throws IOException {
      return LabMount.of("fsdax");
    }

    @Test
    void shouldBePersistentMemoryInPlace() throws IOException {
      assertThat(device().medium())
          .isEqualTo("file on ext4 (/dev/pmem1), DAX, written back by libpmem");
      assertThat(device().persistence()).isEqualTo(PersistenceDomain.MEMORY_CONTROLLER);
      assertThat(device().writeBack()).isEqualTo(WriteBack.CACHE_LINES);
      assertThat(Files.readString(Path.of("/proc/self/smaps")))
          .as("mapped synchronously")
          .containsPattern(file() + "\n(?:[A-Z].*\n)*?VmFlags:.* sf ");
    }
  }

  @Nested
  class OnDisk extends FileDeviceContract {
    @Override
    Path place() throws IOException {
      return LabMount.of("ext4");
    }

    @Test
    void shouldBeAsDurableAsTheDiskBelow() {
      assertThat(device().medium())
          .startsWith("file on ext4 (/dev/loop")
          .endsWith("), page cache, written out by msync");
      assertThat(device().persistence()).isEqualTo(PersistenceDomain.DEVICE);
      assertThat(device().writeBack()).isEqualTo(WriteBack.MSYNC);
    }
  }

  @Nested
  class OnHugePages extends FileDeviceContract {
    @Override
    Path place() throws IOException {
      return LabMount.of("hugetlbfs");
    }

    @Test
    void shouldBeInHugePages() {
      assertThat(device().medium()).isEqualTo("file on hugetlbfs, DRAM in pages of 2MiB");
      assertThat(device().persistence()).isEqualTo(PersistenceDomain.VOLATILE);
      assertThat(device().alignment()).isEqualTo(2 << 20);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"ext2", "xfs", "f2fs"})
  void shouldKeepContentsOnOtherFileSystems(String kind) throws IOException {
    Path file = fresh(kind, "pool");
    byte[] bytes = {1, 2, 3};
    try (Device device = Devices.create("file:" + file, 4 << 20)) {
      assertThat(device.medium()).startsWith("file on " + kind + " (/dev/loop");
      assertThat(device.writeBack()).isEqualTo(WriteBack.MSYNC);
      device.write(0, MemorySegment.ofArray(new byte[] {9, 9, 9, 9}));
      device.zero(0, 1 << 20);
      device.write(5000, MemorySegment.ofArray(bytes));
      device.persist(5000, 3);
    }
    // Not from the page cache.
    Files.writeString(Path.of("/proc/sys/vm/drop_caches"), "3");
    try (Device device = Devices.open("file:" + file)) {
      byte[] read = new byte[3];
      device.read(5000, MemorySegment.ofArray(read));
      assertThat(read).isEqualTo(bytes);
      device.read(0, MemorySegment.ofArray(read));
      assertThat(read).containsOnly(0);
    }
    Files.delete(file);
  }

  @Test
  void shouldTakeBlocksOfItsOwnForACopyThatSharesThem() throws IOException {
    Path file = fresh("xfs", "origin");
    Path copy = fresh("xfs", "copy");
    Devices.create("file:" + file, 32 << 20).close();
    try (Device device = Devices.open("file:" + file)) {
      device.memory().fill((byte) 7);
      device.persist(0, device.capacity());
    }
    LabMount.run("cp", "--reflink=always", file.toString(), copy.toString());
    long before = Files.getFileStore(copy).getUsableSpace();
    Devices.open("file:" + copy).close();
    assertThat(before - Files.getFileStore(copy).getUsableSpace())
        .isGreaterThanOrEqualTo(32L << 20);
    assertThat(Files.mismatch(file, copy)).isEqualTo(-1);
    Files.delete(file);
    Files.delete(copy);
  }

  @Test
  void shouldRefuseFileSystemsThatItCannotLieOn() throws IOException {
    Path btrfs = fresh("btrfs", "pool");
    refused(() -> Devices.create("file:" + btrfs, 4 << 20).close(), "btrfs", "full disk");
    assertThat(btrfs).doesNotExist();
    Path overlay = Path.of("/var/tmp/pool");
    refused(() -> Devices.create("file:" + overlay, 4 << 20).close(), "overlay", "container");
    assertThat(overlay).doesNotExist();
  }

  @Test
  void shouldSayThatTheFileSystemIsFull() throws IOException {
    Path file = fresh("ext4", "large");
    long free = Files.getFileStore(file.getParent()).getUsableSpace();
    refused(() -> Devices.create("file:" + file, free + 4096).close(), Category.NO_SPACE);
    assertThat(file).doesNotExist();
    assertThat(Files.getFileStore(file.getParent()).getUsableSpace()).isEqualTo(free);
  }

  /** It says nothing of its limit beforehand. */
  @Test
  void shouldLeaveNothingOfAFileThatRunsOutOfHugePages() throws IOException {
    Path file = fresh("hugetlbfs", "large");
    refused(() -> Devices.create("file:" + file, 1 << 30).close(), Category.NO_SPACE);
    assertThat(file).doesNotExist();
    Path small = fresh("hugetlbfs", "small");
    Devices.create("file:" + small, 32 << 20).close();
    Files.delete(small);
  }

  @Test
  void shouldRefuseWhatCannotBeWrittenOrIsMountedWithoutBarriers() throws IOException {
    Path place = LabMount.of("ext4");
    Path file = fresh("ext4", "guarded");
    String uri = "file:" + file;
    Devices.create(uri, 4 << 20).close();

    LabMount.run("chattr", "+i", file.toString());
    refused(() -> Devices.open(uri).close(), Category.PERMISSION);
    LabMount.run("chattr", "-i", file.toString());

    LabMount.run("mount", "-o", "remount,ro", place.toString());
    refused(() -> Devices.open(uri).close(), "read-only", "mount it read-write");
    refused(() -> Devices.create(uri + "2", 4096).close(), "Read-only", "make it");
    LabMount.run("mount", "-o", "remount,rw,nobarrier", place.toString());
    refused(() -> Devices.open(uri).close(), "barrier", "mount it without");
    LabMount.run("mount", "-o", "remount,rw,barrier", place.toString());
    Devices.open(uri).close();
    Files.delete(file);
  }

  /** On a disk that has less room than it says, as a thin one has. */
  @Test
  void shouldPersistNothingMoreOnceThatHasFailed() throws IOException {
    LabMount.of("ext4"); // asks whether this is the guest
    Path thin = Files.createDirectories(Path.of("/run/mounted/thin"));
    Path disk = Files.createDirectories(Path.of("/run/mounted/disk"));
    LabMount.run("mount", "-t", "tmpfs", "-o", "size=24m", "thin", thin.toString());
    try {
      LabMount.run("truncate", "-s", "64M", thin + "/image");
      LabMount.run("mkfs.ext4", "-q", "-E", "nodiscard", thin + "/image");
      LabMount.run("mount", "-o", "loop", thin + "/image", disk.toString());
      try (Device device = Devices.create("file:" + disk + "/pool", 32 << 20)) {
        device.persist(0, 4096);
        LabMount.run("sh", "-c", "! cat /dev/zero >" + thin + "/full");
        device.memory().asSlice(8 << 20, 8 << 20).fill((byte) 1);
        String[] first = new String[1];
        assertThatExceptionOfType(StorageException.class)
            .isThrownBy(() -> device.persist(8 << 20, 8 << 20))
            .withMessageContaining("file:" + disk + "/pool")
            .withMessageContaining("start the server again")
            .satisfies(e -> assertThat(e.category()).isEqualTo(Category.IO))
            .satisfies(e -> first[0] = e.getMessage());

        // There is room again, and the kernel has nothing left to write.
        Files.delete(thin.resolve("full"));
        assertThatExceptionOfType(StorageException.class)
            .isThrownBy(() -> device.persist(0, 1))
            .withMessage(first[0]);
        assertThatExceptionOfType(StorageException.class)
            .isThrownBy(() -> device.zero(0, 4096))
            .withMessage(first[0]);
        assertThatExceptionOfType(StorageException.class)
            .isThrownBy(() -> device.write(0, MemorySegment.ofArray(new byte[1])))
            .withMessage(first[0]);
      } finally {
        LabMount.run("umount", "--lazy", disk.toString());
      }
    } finally {
      LabMount.run("umount", "--lazy", thin.toString());
    }
  }

  private static Path fresh(String kind, String name) throws IOException {
    Path file = LabMount.of(kind).resolve(name);
    Files.deleteIfExists(file);
    return file;
  }

  private interface Call {
    void run();
  }

  private static void refused(Call call, Category category) {
    assertThatExceptionOfType(StorageException.class)
        .isThrownBy(call::run)
        .satisfies(e -> assertThat(e.category()).isEqualTo(category));
  }

  private static void refused(Call call, String... words) {
    assertThatExceptionOfType(StorageException.class)
        .isThrownBy(call::run)
        .satisfies(e -> assertThat(e.getMessage()).contains(words).doesNotContain("\n"));
  }
}
