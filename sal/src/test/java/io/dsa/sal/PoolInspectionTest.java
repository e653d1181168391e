package io.dsa.sal;

import static org.assertj.core.api.Assertions.assertThat;

import io.dsa.sal.Finding.Severity;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PoolInspectionTest {
  private static final long MIB = 1L << 20;
  private static final long UNIT = Pool.EXTENT_UNIT;

  /** Fails whoever writes to it while it is being looked at. */
  private static final class WatchedDevice extends CrashDevice {
    boolean readOnly;

    WatchedDevice(long capacity) {
      super(capacity);
    }

    @Override
    public MemorySegment memory() {
      return readOnly ? super.memory().asReadOnly() : super.memory();
    }

    @Override
    public synchronized void persist(long offset, long length) {
      assertThat(readOnly).as("an inspection writes back").isFalse();
      super.persist(offset, length);
    }
  }

  private final WatchedDevice device = new WatchedDevice(12 * MIB);
  private final PoolLayout layout = PoolLayout.of(device.capacity());
  private UUID id;
  private List<Volume> volumes;
  private int payloadLength;

  @BeforeEach
  void makeAPool() {
    Pool pool = Pool.format(device, new FormatOptions(false, "pool"));
    pool.createVolume("alpha", 3 * MIB);
    pool.createVolume("beta", 17);
    id = pool.id();
    volumes = pool.volumes();
    payloadLength = MetadataSlots.read(device).catalog().encode().length;
  }

  @Test
  void shouldFindNothingInASoundPool() {
    PoolInspection inspection = inspect();
    assertThat(inspection.findings()).isEmpty();
    assertThat(inspection.isSound()).isTrue();
    assertThat(inspection.uri()).isEqualTo("crash:12582912");
    assertThat(inspection.deviceCapacity()).isEqualTo(12 * MIB);
    assertThat(inspection.contents())
        .contains(new PoolContents(id, "pool", 1, 5, 10 * MIB, 4 * MIB, volumes));
    assertThat(inspection.slots())
        .containsExactly(
            new SlotContents(0, SlotContents.State.SOUND, OptionalLong.of(5), 2, volumes),
            new SlotContents(1, SlotContents.State.SOUND, OptionalLong.of(5), 2, volumes));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void shouldFindEveryFlippedBitOfASlot(int slot) {
    long header = PoolLayout.headerOffset(slot);
    for (long at = header; at < header + PoolLayout.PAGE; at++) {
      findsEveryBitAt(slot, at);
    }
    for (long at = 0; at < payloadLength; at++) {
      findsEveryBitAt(slot, layout.payloadOffset(slot) + at);
    }
  }

  private void findsEveryBitAt(int slot, long offset) {
    byte good = device.memory().get(ValueLayout.JAVA_BYTE, offset);
    for (int bit = 0; bit < 8; bit++) {
      device.memory().set(ValueLayout.JAVA_BYTE, offset, (byte) (good ^ 1 << bit));
      findsDamageOnly(slot, offset);
    }
    device.memory().set(ValueLayout.JAVA_BYTE, offset, good);
  }

  @ParameterizedTest
  @ValueSource(ints = {0x00, 0xFF, 0xA5})
  void shouldFindEveryByteThatIsAnother(int pattern) {
    for (int slot = 0; slot < PoolLayout.SLOTS; slot++) {
      for (long at = 0; at < SlotHeader.BYTES + payloadLength; at++) {
        long offset =
            at < SlotHeader.BYTES
                ? PoolLayout.headerOffset(slot) + at
                : layout.payloadOffset(slot) + at - SlotHeader.BYTES;
        byte good = device.memory().get(ValueLayout.JAVA_BYTE, offset);
        if (good != (byte) pattern) {
          device.memory().set(ValueLayout.JAVA_BYTE, offset, (byte) pattern);
          findsDamageOnly(slot, offset);
          device.memory().set(ValueLayout.JAVA_BYTE, offset, good);
        }
      }
    }
  }

  private void findsDamageOnly(int slot, long offset) {
    PoolInspection inspection = inspect();
    if (inspection.isSound()
        || inspection.findings().stream().anyMatch(f -> f.severity() != Severity.DAMAGE)
        || inspection.findings().stream().noneMatch(f -> f.slot().equals(OptionalInt.of(slot)))
        || !inspection.contents().orElseThrow().volumes().equals(volumes)) {
      throw new AssertionError("byte " + offset + ": " + inspection);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void shouldLoseNothingWhenADamagedSlotIsWrittenAnew(int slot) {
    byte[] good = DeviceBytes.of(device);
    SplittableRandom random = new SplittableRandom(slot);
    for (int at = 0; at < SlotHeader.BYTES + payloadLength; at++) {
      long offset =
          at < SlotHeader.BYTES
              ? PoolLayout.headerOffset(slot) + at
              : layout.payloadOffset(slot) + at - SlotHeader.BYTES;
      device.write(0, MemorySegment.ofArray(good).asSlice(0, layout.dataOffset()));
      device.persist(0, layout.dataOffset());
      flip(offset);
      device.persist(offset, 1);
      if (at % 16 == 0) {
        losesNothingIfPowerFailsMeanwhile(slot, random);
      }
      assertThat(Pool.open(device).volumes()).isEqualTo(volumes);
      assertThat(inspect().findings()).isEmpty();
    }
    DeviceBytes.assertUnchanged(device, withMetadataOf(good)); // no byte of any volume was touched
  }

  private byte[] withMetadataOf(byte[] good) {
    byte[] expected = good.clone();
    MemorySegment.copy(
        device.memory(), ValueLayout.JAVA_BYTE, 0, expected, 0, (int) layout.dataOffset());
    return expected;
  }

  private void losesNothingIfPowerFailsMeanwhile(int damaged, SplittableRandom random) {
    for (int cut = 0; cut < 4; cut++) {
      CrashDevice again = device.afterPowerCut(0, random);
      byte[] sound = header(again, 1 - damaged);
      again.cutPowerAt(cut);
      try {
        Pool.open(again);
      } catch (CrashDevice.PowerCut e) {
        CrashDevice up = again.afterPowerCut(random);
        if (cut < 2) {
          // The sound one is not touched before the damaged one is whole.
          assertThat(header(up, 1 - damaged)).isEqualTo(sound);
        }
        assertThat(Pool.open(up).volumes()).isEqualTo(volumes);
      }
    }
  }

  private static byte[] header(CrashDevice device, int slot) {
    return device
        .memory()
        .asSlice(PoolLayout.headerOffset(slot), SlotHeader.BYTES)
        .toArray(ValueLayout.JAVA_BYTE);
  }

  @Test
  void shouldReadWhatItCanWhereBothSlotsAreCorrupt() {
    flip(100);
    flip(layout.payloadOffset(1) + payloadLength - 1); // in the last extent
    byte[] before = DeviceBytes.of(device);
    PoolInspection inspection = inspect();
    DeviceBytes.assertUnchanged(device, before);
    assertThat(inspection.isSound()).isFalse();
    assertThat(inspection.contents()).isEmpty();
    assertThat(inspection.findings()).allMatch(f -> f.severity() == Severity.LOSS);
    finds(OptionalInt.empty(), OptionalLong.empty(), "both metadata slots of the pool are corrupt");
    finds(OptionalInt.of(0), OptionalLong.of(124), "its header's checksum is wrong");
    finds(
        OptionalInt.of(1),
        OptionalLong.of(layout.payloadOffset(1)),
        "its payload's checksum is wrong");
    assertThat(inspection.slots().get(0).state()).isEqualTo(SlotContents.State.DAMAGED);
    assertThat(inspection.slots().get(0).volumes()).isEqualTo(volumes);
    assertThat(inspection.slots().get(1).volumesSaid()).isEqualTo(2);
    assertThat(inspection.slots().get(1).volumes().getFirst()).isEqualTo(volumes.getFirst());
  }

  @Test
  void shouldReadThePayloadOfASlotWithoutAHeader() {
    device.zero(0, PoolLayout.PAGE);
    PoolInspection inspection = inspect();
    assertThat(inspection.slots().getFirst())
        .isEqualTo(
            new SlotContents(0, SlotContents.State.MISSING, OptionalLong.empty(), 2, volumes));
    finds(OptionalInt.of(0), OptionalLong.of(0), "it has no header");
    assertThat(inspection.findings()).hasSize(1);
  }

  @Test
  void shouldFindWhatIsBehindAHeader() {
    device.memory().asSlice(4096 + 1000, 3).fill((byte) 9);
    assertThat(inspect().findings()).hasSize(1);
    finds(OptionalInt.of(1), OptionalLong.of(5096), "3 bytes behind the header are not zero");
    Pool pool = Pool.open(device);
    pool.createVolume("gamma", 1);
    assertThat(inspect().findings()).isEmpty();
  }

  @Test
  void shouldNotMindWhatALongerPayloadLeft() {
    Pool pool = Pool.open(device);
    pool.deleteVolume(pool.volume("alpha").orElseThrow());
    long end = layout.payloadOffset(0) + payloadLength;
    assertThat(device.memory().asSlice(end - 16, 16).toArray(ValueLayout.JAVA_BYTE))
        .isNotEqualTo(new byte[16]);
    device.memory().asSlice(end, 100).fill((byte) 1);
    device.memory().set(ValueLayout.JAVA_BYTE, layout.dataOffset() - 1, (byte) 1);
    assertThat(inspect().findings()).isEmpty();
  }

  @Test
  void shouldFindEachFieldOfAHeaderThatContradictsTheLayout() {
    contradicts(12, header -> header.putInt(12, 0), "the slot number 0 and not 1");
    contradicts(16, header -> header.putLong(16, 0), "the generation 0");
    contradicts(40, header -> header.putLong(40, 1), "the capacity 1");
    contradicts(
        40, header -> header.putLong(40, Long.MIN_VALUE), "the capacity -9223372036854775808");
    contradicts(48, header -> header.putLong(48, 4096), "the data's offset 4096 and not 2097152");
    contradicts(56, header -> header.putLong(56, -1), "the data's length -1 and not 10485760");
    contradicts(64, header -> header.putLong(64, 8192), "the payload's offset 8192 and not 16384");
    contradicts(72, header -> header.putLong(72, 1), "the payload's capacity 1 and not 8192");
    contradicts(80, header -> header.putLong(80, 8193), "a payload of 8193 bytes");
    contradicts(80, header -> header.putLong(80, -1), "a payload of -1 bytes");
    contradicts(92, header -> header.putInt(92, 4096), "the extent unit 4096 and not 2097152");
    contradicts(
        96, header -> header.put(96, (byte) 1), "at the unused byte 96 the value 1 and not 0");
    contradicts(123, header -> header.put(123, (byte) 1), "at the unused byte 123 the value 1");
    contradicts(8, header -> header.putInt(8, 0), "its format version is 0");
  }

  private void contradicts(int offset, Consumer<ByteBuffer> change, String what) {
    byte[] good = header(device, 1);
    rewrite(1, change);
    finds(OptionalInt.of(1), OptionalLong.of(4096 + offset), what);
    assertThat(inspect().findings()).allMatch(f -> f.severity() == Severity.DAMAGE);
    device.write(PoolLayout.PAGE, MemorySegment.ofArray(good));
    assertThat(inspect().findings()).isEmpty();
  }

  @Test
  void shouldFindADeviceThatShrank() {
    CrashDevice shrunk = resized(4 * MIB);
    PoolInspection inspection = PoolInspection.of(shrunk);
    assertThat(inspection.contents()).isEmpty();
    assertThat(inspection.findings())
        .extracting(Finding::what)
        .anyMatch(what -> what.contains("the device had 12582912 bytes and has 4194304"))
        .anyMatch(what ->
            what.equals(
                "volume 'alpha' has 2097152 bytes of its space beyond the end of the device"));
    assertThat(inspection.findings())
        .allMatch(f -> f.severity() == Severity.LOSS)
        .extracting(Finding::meaning)
        .anyMatch(meaning -> meaning.contains("its last 8388608 bytes are missing"));
    assertThat(inspection.slots()).allMatch(slot -> slot.volumes().equals(volumes));
  }

  @Test
  void shouldFindADeviceThatGrew() {
    PoolInspection inspection = PoolInspection.of(resized(16 * MIB));
    assertThat(inspection.contents()).isEmpty();
    assertThat(inspection.findings())
        .extracting(Finding::meaning)
        .anyMatch(meaning -> meaning.contains("copy its first 12582912 bytes"));
  }

  @Test
  void shouldFindADeviceCutInTheMiddleOfItsMetadata() {
    for (long capacity : new long[] {64, 4096, 8192, 12_288, MIB}) {
      PoolInspection inspection = PoolInspection.of(resized(capacity));
      assertThat(inspection.isSound()).isFalse();
      assertThat(inspection.contents()).isEmpty();
    }
  }

  private CrashDevice resized(long capacity) {
    CrashDevice other = new CrashDevice(capacity);
    other.write(0, device.memory().asSlice(0, Math.min(capacity, device.capacity())));
    return other;
  }

  @Test
  void shouldSayThatThereIsNoPool() {
    device.memory().fill((byte) 0);
    PoolInspection inspection = inspect();
    assertThat(inspection.isSound()).isFalse();
    assertThat(inspection.slots()).isEmpty();
    assertThat(inspection.findings())
        .containsExactly(
            Finding.of(
                Severity.LOSS,
                "crash:12582912: no DSA pool, it is blank; 'dsa pool format crash:12582912' makes"
                    + " one",
                "there is nothing to serve"));
  }

  @Test
  void shouldSayThatAPoolIsNewer() {
    rewrite(1, header -> header.putInt(8, 7));
    finds(OptionalInt.empty(), OptionalLong.empty(), "a newer DSA formatted this pool");
    finds(OptionalInt.of(1), OptionalLong.of(4104), "its format version is 7");
    assertThat(inspect().slots().get(1).state()).isEqualTo(SlotContents.State.NEWER);
    assertThat(inspect().isSound()).isFalse();
  }

  @Test
  void shouldNoteAnInterruptedChange() {
    rewrite(0, header -> header.putLong(16, 6));
    PoolInspection inspection = inspect();
    assertThat(inspection.isSound()).isTrue();
    assertThat(inspection.findings()).hasSize(1);
    finds(OptionalInt.empty(), OptionalLong.empty(), "slot 0 is of generation 6 and slot 1 of 5");
  }

  @Test
  void shouldFindASlotThatMissedChanges() {
    rewrite(1, header -> header.putLong(16, 2));
    PoolInspection inspection = inspect();
    assertThat(inspection.isSound()).isFalse();
    assertThat(inspection.findings())
        .singleElement()
        .satisfies(f -> assertThat(f.severity()).isEqualTo(Severity.DAMAGE));
    assertThat(inspection.contents()).isPresent();
  }

  @Test
  void shouldFindSlotsOfTwoPools() {
    rewrite(1, header -> header.putLong(24, 1));
    finds(OptionalInt.empty(), OptionalLong.empty(), "slot 0 is of pool " + id + " and slot 1 of");
    assertThat(inspect().contents()).isEmpty();
  }

  @Test
  void shouldFindSlotsThatDisagreeAboutOneGeneration() {
    write(1, 5, Catalog.empty("other").encode());
    finds(
        OptionalInt.empty(),
        OptionalLong.empty(),
        "both slots are of generation 5 and their payloads differ from byte 1 on");
    assertThat(inspect().contents()).isEmpty();
  }

  @Test
  void shouldNoteAHalfMadeVolume() {
    Volume half =
        new Volume(
            UUID.randomUUID(),
            "gamma",
            1,
            List.of(new Extent(layout.dataOffset() + 3 * UNIT, UNIT)),
            VolumeState.CREATING);
    MetadataSlots.read(device).commit(MetadataSlots.read(device).catalog().with(half));
    PoolInspection inspection = inspect();
    assertThat(inspection.isSound()).isTrue();
    assertThat(inspection.findings()).hasSize(1);
    finds(OptionalInt.empty(), OptionalLong.empty(), "volume 'gamma' is half made");
    assertThat(inspection.contents().orElseThrow().volumes()).contains(half);
  }

  @Test
  void shouldFindEveryRuleThatACatalogBreaks() {
    long data = layout.dataOffset();
    Extent a = new Extent(data, UNIT);
    Extent b = new Extent(data + UNIT, UNIT);
    breaks(
        "shares the space at offset " + data + " with volume 'a'",
        volume("a", 1, a),
        volume("b", 1, a));
    breaks(
        "shares the space at offset " + (data + UNIT) + " with volume 'a'",
        volume("a", UNIT + 1, new Extent(data, 2 * UNIT)),
        volume("b", 1, b));
    breaks("with itself", volume("a", 2 * UNIT, a, a));
    breaks("1 bytes in 4194304 bytes of space", volume("a", 1, a, b));
    breaks("0 bytes in 2097152 bytes of space", volume("a", 0, a));
    breaks("6291456 bytes in 4194304 bytes", volume("a", 3 * UNIT, a, b));
    breaks("has a number of extents of 0", volume("a", 1));
    breaks("outside of the pool: 2097152 bytes at offset 0", volume("a", 1, new Extent(0, UNIT)));
    breaks("outside of the pool", volume("a", 1, new Extent(device.capacity(), UNIT)));
    breaks("outside of the pool", volume("a", 1, new Extent(data + 4096, UNIT)));
    breaks("outside of the pool", volume("a", 1, new Extent(data, UNIT + 4096)));
    breaks(
        "outside of the pool",
        volume("a", 1, new Extent(data, Long.MAX_VALUE / UNIT * UNIT - data)));
    breaks("contains characters that cannot be printed", volume("a\u0001", 1, a));
    breaks("a volume name cannot be empty", volume("", 1, a));
    breaks("is longer than 255 bytes", volume("x".repeat(256), 1, a));
    Volume once = volume("a", 1, a);
    breaks(
        "volume 'b' has the id of another",
        once,
        new Volume(once.id(), "b", 1, List.of(b), VolumeState.READY));
  }

  private void breaks(String what, Volume... all) {
    Catalog catalog = Catalog.empty("");
    for (Volume volume : all) {
      catalog = catalog.with(volume);
    }
    breaks(what, catalog.encode());
  }

  private void breaks(String what, byte[] payload) {
    write(0, 9, payload);
    write(1, 9, payload);
    for (int slot = 0; slot < 2; slot++) {
      int of = slot;
      assertThat(inspect().findings())
          .as(what)
          .anyMatch(f -> f.slot().equals(OptionalInt.of(of)) && f.what().contains(what))
          .allMatch(f -> f.severity() == Severity.LOSS);
    }
    assertThat(inspect().contents()).isEmpty();
  }

  @Test
  void shouldFindPayloadsThatCannotBeRead() {
    byte[] good =
        Catalog.empty("pool").with(volume("a", 1, new Extent(layout.dataOffset(), UNIT))).encode();
    breaks("it ends in the middle of volume 0 of 1", Arrays.copyOf(good, good.length - 1 - 20));
    breaks("a number of extents of 1", Arrays.copyOf(good, good.length - 1));
    breaks("it ends in the middle", new byte[0]);
    breaks("1 bytes after the last volume", Arrays.copyOf(good, good.length + 1));
    breaks("a number of volumes of -1", edited(good, at -> at.putInt(6, -1)));
    breaks("it ends in the middle of volume 1 of 2", edited(good, at -> at.putInt(6, 2)));
    breaks("has the state 3", edited(good, at -> at.put(34, (byte) 3)));
    breaks("a number of extents of -1", edited(good, at -> at.putInt(38, -1)));
    breaks("pool name 'po?l'", edited(good, at -> at.put(4, (byte) 7)));
    breaks("the pool's name is no UTF-8", edited(good, at -> at.put(4, (byte) 0xFF)));
    breaks("the name of volume", edited(good, at -> at.put(37, (byte) 0xFF)));
    Volume a = volume("a", 1, new Extent(layout.dataOffset(), UNIT));
    Volume b = volume("b", 1, new Extent(layout.dataOffset() + UNIT, UNIT));
    byte[] two = Catalog.empty("").with(a).with(b).encode();
    int entry = (two.length - 6) / 2;
    byte[] swapped = two.clone();
    System.arraycopy(two, 6, swapped, 6 + entry, entry);
    System.arraycopy(two, 6 + entry, swapped, 6, entry);
    breaks("volume 'a' is not in the order of names", swapped);
    byte[] twice = two.clone();
    System.arraycopy(two, 6, twice, 6 + entry, entry);
    breaks("volume 'a' is there twice", twice);
  }

  private static byte[] edited(byte[] bytes, Consumer<ByteBuffer> edit) {
    byte[] changed = bytes.clone();
    edit.accept(ByteBuffer.wrap(changed));
    return changed;
  }

  @Test
  void shouldAgreeWithOpeningWhateverIsOnTheDevice() {
    SplittableRandom random = new SplittableRandom(8);
    byte[] metadata =
        device.memory().asSlice(0, layout.dataOffset()).toArray(ValueLayout.JAVA_BYTE);
    long end = layout.payloadOffset(1) + payloadLength;
    for (int round = 0; round < 3000; round++) {
      for (int edit = random.nextInt(4); edit >= 0; edit--) {
        long at = random.nextLong(end);
        long length = Math.min(1 + random.nextLong(random.nextBoolean() ? 8 : 9000), end - at);
        for (long i = at; i < at + length; i++) {
          device.memory().set(ValueLayout.JAVA_BYTE, i, (byte) random.nextInt());
        }
      }
      PoolInspection inspection = inspect();
      boolean opens;
      try {
        Pool.open(device);
        opens = true;
      } catch (StorageException e) {
        opens = false;
      }
      assertThat(inspection.contents().isPresent()).isEqualTo(opens);
      assertThat(inspection.findings().stream().noneMatch(f -> f.severity() == Severity.LOSS))
          .isEqualTo(opens);
      device.write(0, MemorySegment.ofArray(metadata));
    }
  }

  private PoolInspection inspect() {
    device.readOnly = true;
    try {
      return PoolInspection.of(device);
    } finally {
      device.readOnly = false;
    }
  }

  private void finds(OptionalInt slot, OptionalLong offset, String what) {
    assertThat(inspect().findings())
        .anyMatch(
            f -> f.slot().equals(slot) && f.offset().equals(offset) && f.what().contains(what));
    assertThat(inspect().findings())
        .allMatch(f -> !f.what().contains("\n") && !f.meaning().contains("\n"));
  }

  private void flip(long offset) {
    byte good = device.memory().get(ValueLayout.JAVA_BYTE, offset);
    device.memory().set(ValueLayout.JAVA_BYTE, offset, (byte) (good ^ 1));
  }

  /** Changes a header and gives it the checksum that it then should have. */
  private void rewrite(int slot, Consumer<ByteBuffer> change) {
    byte[] header = header(device, slot);
    change.accept(ByteBuffer.wrap(header));
    ByteBuffer.wrap(header).putInt(124, SlotHeader.checksum(header, 124));
    device.write(PoolLayout.headerOffset(slot), MemorySegment.ofArray(header));
  }

  private void write(int slot, long generation, byte[] payload) {
    SlotHeader header =
        new SlotHeader(
            slot,
            generation,
            id,
            layout,
            payload.length,
            SlotHeader.checksum(payload, payload.length));
    device.write(PoolLayout.headerOffset(slot), MemorySegment.ofArray(header.encode()));
    device.write(layout.payloadOffset(slot), MemorySegment.ofArray(payload));
  }

  private static Volume volume(String name, long bytes, Extent... extents) {
    return new Volume(UUID.randomUUID(), name, bytes, List.of(extents), VolumeState.READY);
  }
}
