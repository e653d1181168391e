package io.dsa.sal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.dsa.sal.StorageException.Category;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PoolTest {
  private static final long MIB = 1L << 20;

  @Test
  void shouldComeBackAsItWas() {
    CrashDevice device = new CrashDevice(32 * MIB);
    Pool pool = Pool.format(device, new FormatOptions(false, "p\u00f6\u00f6l"));
    Volume a = pool.createVolume("a", 1);
    Volume b = pool.createVolume("gr\u00fc\u00dfe", 5 * MIB);
    pool.createVolume("c", 2 * MIB);
    pool.deleteVolume(pool.volume("c").orElseThrow());
    pool.close();
    Pool again = Pool.open(device);
    assertThat(again.volumes()).containsExactly(a, b);
    assertThat(again.volume("a")).contains(a);
    assertThat(again.volume("c")).isEmpty();
    assertThat(again.name()).isEqualTo("p\u00f6\u00f6l");
    assertThat(again.id()).isEqualTo(pool.id());
    assertThat(again.free()).isEqualTo(pool.free()).isEqualTo(pool.capacity() - 8 * MIB);
    assertThat(again.capacity()).isEqualTo(30 * MIB);
    assertThat(again.device()).isSameAs(device);
    assertThat(again.toString()).isEqualTo("crash:33554432 (p\u00f6\u00f6l)");
    assertThat(a.bytes()).isEqualTo(1);
    assertThat(a.allocated()).isEqualTo(2 * MIB);
    assertThat(a.state()).isEqualTo(VolumeState.READY);
  }

  @Test
  void shouldAlignExtents() {
    Pool pool = pool(32);
    for (Volume volume : List.of(pool.createVolume("a", 3), pool.createVolume("b", 4 * MIB + 1))) {
      for (Extent extent : volume.extents()) {
        assertThat(extent.poolOffset() % Pool.EXTENT_UNIT).isZero();
        assertThat(extent.length() % Pool.EXTENT_UNIT).isZero();
      }
    }
  }

  @Test
  void shouldNotShowOldDataInANewVolume() {
    Pool pool = pool(16);
    Volume old = pool.createVolume("old", 14 * MIB);
    for (Extent extent : old.extents()) {
      pool.device().memory().asSlice(extent.poolOffset(), extent.length()).fill((byte) 0x5A);
    }
    pool.deleteVolume(pool.volume("old").orElseThrow());
    Volume fresh = pool.createVolume("new", 13 * MIB + 7);
    for (Extent extent : fresh.extents()) {
      MemorySegment zeros = MemorySegment.ofArray(new byte[(int) extent.length()]);
      MemorySegment space = pool.device().memory().asSlice(extent.poolOffset(), extent.length());
      assertThat(space.mismatch(zeros)).isEqualTo(-1);
    }
    assertThat(fresh.id()).isNotEqualTo(old.id());
  }

  @Test
  void shouldLocateARangeOverItsExtents() {
    Pool pool = pool(16);
    List<Volume> all = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      all.add(pool.createVolume("v" + i, 2 * MIB));
    }
    pool.deleteVolume(pool.volume("v1").orElseThrow());
    pool.deleteVolume(pool.volume("v3").orElseThrow());
    long first = all.get(1).extents().getFirst().poolOffset();
    long second = all.get(3).extents().getFirst().poolOffset();
    Volume split = pool.createVolume("split", 3 * MIB);
    assertThat(split.extents())
        .containsExactly(new Extent(first, 2 * MIB), new Extent(second, 2 * MIB));
    assertThat(split.locate(0, split.bytes()))
        .containsExactly(new Extent(first, 2 * MIB), new Extent(second, MIB));
    assertThat(split.locate(2 * MIB - 1, 2))
        .containsExactly(new Extent(first + 2 * MIB - 1, 1), new Extent(second, 1));
    assertThat(split.locate(2 * MIB, 1)).containsExactly(new Extent(second, 1));
    assertThat(split.locate(3 * MIB, 0)).isEmpty();
    assertThatExceptionOfType(IndexOutOfBoundsException.class)
        .isThrownBy(() -> split.locate(3 * MIB, 1));
    assertThatExceptionOfType(IndexOutOfBoundsException.class)
        .isThrownBy(() -> pool.persist(split, 1, 3 * MIB));
    pool.persist(split, 0, 3 * MIB);
  }

  @Test
  void shouldRefuseWhatMakesNoSense() {
    Pool pool = pool(8);
    refused(Category.INVALID, () -> pool.createVolume("a", 0));
    refused(Category.INVALID, () -> pool.createVolume("a", -1));
    refused(Category.INVALID, () -> pool.createVolume("", 1));
    refused(Category.INVALID, () -> pool.createVolume("a\nb", 1));
    refused(Category.INVALID, () -> pool.createVolume("\uD800", 1));
    refused(Category.INVALID, () -> pool.createVolume("x".repeat(10_000), 1));
    refused(Category.INVALID, () -> pool.createVolume("\u00fc".repeat(128), 1));
    refused(Category.NO_SPACE, () -> pool.createVolume("a", Long.MAX_VALUE));
    refused(Category.NO_SPACE, () -> pool.createVolume("a", 6 * MIB + 1));
    Volume gone = pool.createVolume("a", 6 * MIB);
    pool.deleteVolume(gone);
    refused(Category.UNKNOWN, () -> pool.deleteVolume(gone));
    pool.createVolume("a", 6 * MIB);
    refused(Category.UNKNOWN, () -> pool.deleteVolume(gone));
    refused(Category.EXISTS, () -> pool.createVolume("a", 1));
    refused(Category.NO_SPACE, () -> pool.createVolume("b", 1));
    assertThat(pool.volumes()).hasSize(1);
    assertThat(pool.free()).isZero();
  }

  @Test
  void shouldSayHowMuchSpaceThereIs() {
    assertThatExceptionOfType(StorageException.class)
        .isThrownBy(() -> pool(8).createVolume("big", 64 * MIB))
        .withMessage("volume 'big' of 64MiB does not fit in crash:8388608: 6MiB of 6MiB free");
  }

  @Test
  void shouldTakeTheLongestName() {
    Pool pool = pool(8);
    String name = "x".repeat(255);
    Volume volume = pool.createVolume(name, 1);
    assertThat(Pool.open(pool.device()).volume(name)).contains(volume);
  }

  @Test
  void shouldRunOutOfSpaceBeforeItRunsOutOfMetadata() {
    for (long mib : new long[] {4, 6, 100, 1000}) {
      PoolLayout layout = PoolLayout.of(mib * MIB);
      Catalog catalog = Catalog.empty("p".repeat(255));
      for (long at = layout.dataOffset();
          at < layout.dataOffset() + layout.dataLength();
          at += Pool.EXTENT_UNIT) {
        catalog =
            catalog.with(
                new Volume(
                    java.util.UUID.randomUUID(),
                    String.format("%0255d", at),
                    1,
                    List.of(new Extent(at, Pool.EXTENT_UNIT)),
                    VolumeState.READY));
      }
      assertThat((long) catalog.encode().length).isLessThanOrEqualTo(layout.payloadCapacity());
    }
    PoolLayout tebibyte = PoolLayout.of(1L << 40);
    assertThat(tebibyte.payloadCapacity()).isGreaterThan(10_000 * (287 + 16 * 16));
    assertThat(tebibyte.dataOffset() % Pool.EXTENT_UNIT).isZero();
  }

  @Test
  void shouldRefuseADeviceThatIsTooSmall() {
    refused(Category.INVALID, () -> Pool.format(new CrashDevice(2 * MIB), FormatOptions.careful()));
    refused(Category.NO_POOL, () -> Pool.open(new CrashDevice(4096)));
    Pool smallest = Pool.format(new CrashDevice(4 * MIB), FormatOptions.careful());
    assertThat(smallest.capacity()).isEqualTo(2 * MIB);
    smallest.createVolume("only", 2 * MIB);
  }

  @Test
  void shouldNotFormatOverAnythingUnlessForced() {
    CrashDevice device = new CrashDevice(8 * MIB);
    Pool.format(device, FormatOptions.careful()).createVolume("a", 1);
    assertThatExceptionOfType(StorageException.class)
        .isThrownBy(() -> Pool.format(device, FormatOptions.careful()))
        .withMessage(
            "crash:8388608 holds a DSA pool; --force formats it and destroys what it holds")
        .satisfies(e -> assertThat(e.category()).isEqualTo(Category.NOT_BLANK));
    assertThat(Pool.open(device).volumes()).hasSize(1);
    assertThat(Pool.format(device, new FormatOptions(true, "")).volumes()).isEmpty();
    assertThat(Pool.open(device).volumes()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 511, 4096, 65536, MIB - 1, 7 * MIB, 8 * MIB - 1})
  void shouldNotFormatOverASingleByteAtEitherEnd(long offset) {
    CrashDevice device = new CrashDevice(8 * MIB);
    device.memory().set(ValueLayout.JAVA_BYTE, offset, (byte) 1);
    byte[] before = device.memory().toArray(ValueLayout.JAVA_BYTE);
    refused(Category.NOT_BLANK, () -> Pool.format(device, FormatOptions.careful()));
    refused(Category.NO_POOL, () -> Pool.open(device));
    assertThat(device.memory().mismatch(MemorySegment.ofArray(before))).isEqualTo(-1);
  }

  @Test
  void shouldNameWhatADeviceHolds() {
    holds(0x438, "S\u00EF", "an ext2, ext3 or ext4 file system");
    holds(0, "XFSB", "an XFS file system");
    holds(0x10040, "_BHRfS_M", "a Btrfs file system");
    holds(0, "LUKS\u00BA\u00BE", "a LUKS encrypted volume");
    holds(512, "LABELONE", "an LVM physical volume");
    holds(4086, "SWAPSPACE2", "swap space");
    holds(512, "EFI PART", "a GPT partition table");
    holds(510, "U\u00AA", "a partition table or boot sector");
    holds(4096, "DSAPOOL\0", "a DSA pool");
    holds(4 * (int) MIB - 1, "x", "data of an unknown kind");
  }

  private static void holds(int offset, String magic, String what) {
    CrashDevice device = new CrashDevice(4 * MIB);
    byte[] bytes = magic.getBytes(StandardCharsets.ISO_8859_1);
    device.write(offset, MemorySegment.ofArray(bytes));
    assertThat(DeviceContents.find(device)).contains(what);
  }

  @Test
  void shouldSayThatABlankDeviceHasNoPool() {
    assertThatExceptionOfType(StorageException.class)
        .isThrownBy(() -> Pool.open(new CrashDevice(8 * MIB)))
        .withMessage(
            "crash:8388608: no DSA pool, it is blank; 'dsa pool format crash:8388608' makes one");
  }

  @Test
  void shouldRefuseBadPoolNames() {
    refused(
        Category.INVALID,
        () -> Pool.format(new CrashDevice(4 * MIB), new FormatOptions(false, "a\tb")));
    refused(
        Category.INVALID,
        () -> Pool.format(new CrashDevice(4 * MIB), new FormatOptions(false, "x".repeat(256))));
  }

  @Test
  void shouldAgreeWithAModelOverManyChanges() {
    SplittableRandom random = new SplittableRandom(11);
    CrashDevice device = new CrashDevice(64 * MIB);
    Pool pool = Pool.format(device, FormatOptions.careful());
    Map<String, Volume> model = new HashMap<>();
    for (int step = 0; step < 600; step++) {
      String name = "v" + random.nextInt(12);
      long bytes = 1 + random.nextLong(12 * MIB);
      Volume known = model.get(name);
      if (known == null) {
        if (Math.ceilDiv(bytes, Pool.EXTENT_UNIT) * Pool.EXTENT_UNIT <= pool.free()) {
          model.put(name, filled(pool, pool.createVolume(name, bytes), 0));
        } else {
          refused(Category.NO_SPACE, () -> pool.createVolume(name, bytes));
        }
      } else {
        switch (random.nextInt(4)) {
          case 0 -> {
            pool.deleteVolume(known);
            model.remove(name);
          }
          case 1 -> {
            String other = "v" + random.nextInt(12);
            if (model.containsKey(other) && !other.equals(name)) {
              refused(Category.EXISTS, () -> pool.renameVolume(known, other));
            } else {
              model.remove(name);
              model.put(other, pool.renameVolume(known, other));
            }
          }
          default -> {
            if (bytes - known.allocated() > pool.free()) {
              refused(Category.NO_SPACE, () -> pool.resizeVolume(known, bytes));
            } else {
              Volume resized = pool.resizeVolume(known, bytes);
              model.put(name, filled(pool, resized, Math.min(known.bytes(), bytes)));
            }
          }
        }
      }
      if (step % 20 == 0) {
        // The decoder refuses overlaps and space outside of the pool.
        assertThat(Pool.open(device).volumes())
            .containsExactlyElementsOf(
                model.values().stream().sorted(Comparator.comparing(Volume::name)).toList());
        model.values().forEach(v -> VolumeContents.assertFilled(pool, v, 0, v.bytes()));
      }
      assertThat(pool.free())
          .isEqualTo(pool.capacity() - model.values().stream().mapToLong(Volume::allocated).sum());
    }
  }

  /** Fills what is new of a volume, which reads as zeros until then. */
  private static Volume filled(Pool pool, Volume volume, long from) {
    VolumeContents.assertFilled(pool, volume, 0, from);
    VolumeContents.assertZero(pool, volume, from, volume.bytes());
    VolumeContents.fill(pool, volume, from, volume.bytes());
    return volume;
  }

  @Test
  void shouldLeaveNothingOfWhatWasThereInTheMetadataWhenFormatting() {
    CrashDevice device = new CrashDevice(8 * MIB);
    device.memory().fill((byte) 0x77);
    Pool.format(device, new FormatOptions(true, ""));
    PoolLayout layout = PoolLayout.of(device.capacity());
    byte[] metadata =
        device.memory().asSlice(0, layout.dataOffset()).toArray(ValueLayout.JAVA_BYTE);
    for (int slot = 0; slot < PoolLayout.SLOTS; slot++) {
      int header = (int) PoolLayout.headerOffset(slot);
      java.util.Arrays.fill(metadata, header, header + SlotHeader.BYTES, (byte) 0);
      // An empty name and no volumes.
      int payload = (int) layout.payloadOffset(slot);
      java.util.Arrays.fill(metadata, payload, payload + 6, (byte) 0);
    }
    assertThat(metadata).containsOnly(0);
    assertThat(device.memory().get(ValueLayout.JAVA_BYTE, layout.dataOffset()))
        .isEqualTo((byte) 0x77);
  }

  @Test
  void shouldTakeNoChangesAfterClose() {
    Pool pool = pool(8);
    pool.createVolume("a", 1);
    pool.close();
    pool.close();
    assertThatIllegalStateException().isThrownBy(() -> pool.createVolume("b", 1));
    assertThatIllegalStateException()
        .isThrownBy(() -> pool.deleteVolume(pool.volume("a").orElseThrow()));
  }

  private static Pool pool(long mib) {
    return Pool.format(new CrashDevice(mib * MIB), FormatOptions.careful());
  }

  private static void refused(Category category, ThrowingCallable call) {
    assertThatExceptionOfType(StorageException.class)
        .isThrownBy(call)
        .satisfies(e -> assertThat(e.category()).isEqualTo(category))
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n").hasSizeLessThan(400));
  }
}
