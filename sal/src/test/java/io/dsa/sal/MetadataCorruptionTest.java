package io.dsa.sal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.dsa.sal.StorageException.Category;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MetadataCorruptionTest {
  private static final long MIB = 1L << 20;

  private final CrashDevice device = new CrashDevice(8 * MIB);
  private List<Volume> volumes;
  private PoolLayout layout;
  private int payloadLength;

  @BeforeEach
  void makeAPool() {
    Pool pool = Pool.format(device, new FormatOptions(false, "pool"));
    pool.createVolume("alpha", 3 * MIB);
    pool.createVolume("beta", 17);
    volumes = pool.volumes();
    layout = PoolLayout.of(device.capacity());
    payloadLength =
        (int)
            device.memory().get(ValueLayout.JAVA_LONG.withOrder(java.nio.ByteOrder.BIG_ENDIAN), 80);
    assertThat(MetadataSlots.read(device).bothCurrent()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void shouldNoticeEveryFlippedBitOfOneSlotAndLoseNothing(int slot) {
    for (long at = 0; at < SlotHeader.BYTES; at++) {
      noticesEveryBitAt(PoolLayout.headerOffset(slot) + at);
    }
    for (long at = 0; at < payloadLength; at++) {
      noticesEveryBitAt(layout.payloadOffset(slot) + at);
    }
  }

  private void noticesEveryBitAt(long offset) {
    byte good = device.memory().get(ValueLayout.JAVA_BYTE, offset);
    for (int bit = 0; bit < 8; bit++) {
      device.memory().set(ValueLayout.JAVA_BYTE, offset, (byte) (good ^ 1 << bit));
      MetadataSlots read = MetadataSlots.read(device);
      assertThat(read.bothCurrent()).as("bit %d of byte %d", bit, offset).isFalse();
      assertThat(List.copyOf(read.catalog().volumes().values())).isEqualTo(volumes);
    }
    device.memory().set(ValueLayout.JAVA_BYTE, offset, good);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void shouldNoticeEveryTruncationOfOneSlot(int slot) {
    byte[] payload =
        device
            .memory()
            .asSlice(layout.payloadOffset(slot), payloadLength)
            .toArray(ValueLayout.JAVA_BYTE);
    for (int length = payload.length - 1; length >= 0; length--) {
      boolean changed = payload[length] != 0;
      device.memory().set(ValueLayout.JAVA_BYTE, layout.payloadOffset(slot) + length, (byte) 0);
      if (changed || length < payload.length - 16) {
        assertThat(MetadataSlots.read(device).bothCurrent()).isFalse();
      }
    }
    assertThat(Pool.open(device).volumes()).isEqualTo(volumes);
  }

  @Test
  void shouldWriteALostSlotAnew() {
    for (int slot = 0; slot < 2; slot++) {
      device.zero(PoolLayout.headerOffset(slot), PoolLayout.PAGE);
      assertThat(Pool.open(device).volumes()).isEqualTo(volumes);
      assertThat(MetadataSlots.read(device).bothCurrent()).isTrue();
    }
  }

  @Test
  void shouldRefuseWhenBothSlotsAreCorruptAndWriteNothing() {
    flip(100);
    flip(layout.payloadOffset(1) + 5);
    byte[] before = device.memory().toArray(ValueLayout.JAVA_BYTE);
    assertThatExceptionOfType(StorageException.class)
        .isThrownBy(() -> Pool.open(device))
        .withMessage(
            "crash:8388608: both metadata slots of the pool are corrupt (slot 0: its header's"
                + " checksum is wrong; slot 1: its payload's checksum is wrong); nothing was"
                + " written")
        .satisfies(e -> assertThat(e.category()).isEqualTo(Category.CORRUPT));
    assertThat(device.memory().mismatch(MemorySegment.ofArray(before))).isEqualTo(-1);
  }

  @Test
  void shouldRefuseAHalfLostPoolToo() {
    device.zero(0, PoolLayout.PAGE);
    flip(PoolLayout.PAGE + 50);
    refused(Category.CORRUPT, "slot 0: it has no header");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void shouldRefuseANewerFormatEvenBesideASoundSlot(int slot) {
    rewrite(slot, header -> header.putInt(8, 2));
    byte[] before = device.memory().toArray(ValueLayout.JAVA_BYTE);
    refused(Category.TOO_NEW, "format version 2; this one reads up to 1");
    assertThat(device.memory().mismatch(MemorySegment.ofArray(before))).isEqualTo(-1);
  }

  @Test
  void shouldIgnoreASlotOfAVersionThatNeverWas() {
    rewrite(0, header -> header.putInt(8, 0));
    rewrite(1, header -> header.putInt(8, -1));
    refused(Category.CORRUPT, "its format version is 0");
  }

  @Test
  void shouldIgnoreAHeaderThatContradictsItself() {
    rewrite(0, header -> header.putInt(12, 1)); // the other slot's
    rewrite(1, header -> header.putLong(80, Long.MAX_VALUE));
    refused(Category.CORRUPT, "its header contradicts itself");
    rewrite(0, header -> header.putInt(12, 0).putLong(16, 0));
    refused(Category.CORRUPT, "slot 0: its header contradicts itself");
  }

  @ParameterizedTest
  @ValueSource(longs = {6 * MIB, 10 * MIB, 4 * MIB})
  void shouldRefuseADeviceOfAnotherSize(long capacity) {
    CrashDevice other = new CrashDevice(capacity);
    long common = Math.min(capacity, device.capacity());
    other.write(0, device.memory().asSlice(0, common));
    assertThatExceptionOfType(StorageException.class)
        .isThrownBy(() -> Pool.open(other))
        .withMessageContaining("8388608 bytes and this one has " + capacity)
        .satisfies(e -> assertThat(e.category()).isEqualTo(Category.CORRUPT));
  }

  @Test
  void shouldRefuseSlotsOfTwoPools() {
    rewrite(1, header -> header.putLong(24, 1));
    refused(Category.CORRUPT, "contradict each other");
  }

  @Test
  void shouldRefuseSlotsThatDisagreeAboutOneGeneration() {
    CrashDevice other = new CrashDevice(8 * MIB);
    other.write(0, device.memory());
    Pool pool = Pool.open(other);
    pool.deleteVolume(pool.volume("beta").orElseThrow());
    Pool here = Pool.open(device);
    here.deleteVolume(here.volume("alpha").orElseThrow());
    device.write(PoolLayout.PAGE, other.memory().asSlice(PoolLayout.PAGE, PoolLayout.PAGE));
    device.write(
        layout.payloadOffset(1),
        other.memory().asSlice(layout.payloadOffset(1), layout.payloadCapacity()));
    refused(Category.CORRUPT, "contradict each other");
  }

  @Test
  void shouldRefuseCatalogsThatMakeNoSense() {
    Extent a = new Extent(layout.dataOffset(), Pool.EXTENT_UNIT);
    Extent b = new Extent(layout.dataOffset() + Pool.EXTENT_UNIT, Pool.EXTENT_UNIT);
    nonsense(volume("a", 1, a), volume("b", 1, a));
    nonsense(
        volume("a", Pool.EXTENT_UNIT + 1, new Extent(a.poolOffset(), 2 * Pool.EXTENT_UNIT)),
        volume("b", 1, b));
    nonsense(volume("a", 1, a, b));
    nonsense(volume("a", 0, a));
    nonsense(volume("a", 3 * Pool.EXTENT_UNIT, a, b));
    nonsense(volume("a", 1));
    nonsense(volume("a", 1, new Extent(0, Pool.EXTENT_UNIT)));
    nonsense(volume("a", 1, new Extent(device.capacity(), Pool.EXTENT_UNIT)));
    nonsense(volume("a", 1, new Extent(a.poolOffset() + 4096, Pool.EXTENT_UNIT)));
    nonsense(volume("a\u0001", 1, a));
    Volume once = volume("a", 1, a);
    nonsense(once, new Volume(once.id(), "b", 1, List.of(b), VolumeState.READY));
  }

  @Test
  void shouldDecodeOrRefuseRandomCatalogs() {
    byte[] good = MetadataSlots.read(device).catalog().encode();
    java.util.SplittableRandom random = new java.util.SplittableRandom(3);
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = java.util.Arrays.copyOf(good, random.nextInt(good.length + 8));
      for (int edit = random.nextInt(3); edit >= 0 && bytes.length > 0; edit--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      try {
        Catalog.decode(ByteBuffer.wrap(bytes), layout);
      } catch (Catalog.InvalidCatalogException e) {
        assertThat(e.getMessage()).isNotBlank();
      }
    }
  }

  private void nonsense(Volume... all) {
    Catalog catalog = Catalog.empty("");
    for (Volume volume : all) {
      catalog = catalog.with(volume);
    }
    MetadataSlots.format(device, layout, catalog);
    refused(Category.CORRUPT, "makes no sense");
  }

  private static Volume volume(String name, long bytes, Extent... extents) {
    return new Volume(UUID.randomUUID(), name, bytes, List.of(extents), VolumeState.READY);
  }

  private void flip(long offset) {
    byte good = device.memory().get(ValueLayout.JAVA_BYTE, offset);
    device.memory().set(ValueLayout.JAVA_BYTE, offset, (byte) (good ^ 1));
  }

  /** Changes a header and gives it the checksum that it then should have. */
  private void rewrite(int slot, java.util.function.Consumer<ByteBuffer> change) {
    byte[] header = new byte[SlotHeader.BYTES];
    device.read(PoolLayout.headerOffset(slot), MemorySegment.ofArray(header));
    change.accept(ByteBuffer.wrap(header));
    ByteBuffer.wrap(header).putInt(124, SlotHeader.checksum(header, 124));
    device.write(PoolLayout.headerOffset(slot), MemorySegment.ofArray(header));
  }

  private void refused(Category category, String why) {
    assertThatExceptionOfType(StorageException.class)
        .isThrownBy(() -> Pool.open(device))
        .withMessageContaining(why)
        .satisfies(e -> assertThat(e.category()).isEqualTo(category))
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
  }
}
