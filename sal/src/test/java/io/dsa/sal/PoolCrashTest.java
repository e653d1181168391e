package io.dsa.sal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.fail;

import io.dsa.sal.CrashDevice.PowerCut;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Cuts the power at every persist call of a change, and looks what comes up. */
class PoolCrashTest {
  private static final long MIB = 1L << 20;
  private static final long CAPACITY = 14 * MIB;
  private static final long NEW_BYTES = 2 * MIB;
  private static final int SEEDS = 6;

  /** What is everywhere in the space of volumes before a change. */
  private static final byte OLD = (byte) 0xEE;

  @Test
  void shouldCreateWholeOrNotAtAll() {
    eachCrashLeavesOneOfTwoStates(
        () -> new CrashDevice(CAPACITY),
        pool -> pool.createVolume("new", NEW_BYTES),
        PoolCrashTest::hasTheNewVolume);
  }

  private static void hasTheNewVolume(Pool after) {
    assertThat(after.volumes()).hasSize(4);
    Volume made = after.volume("new").orElseThrow();
    assertThat(made.state()).isEqualTo(VolumeState.READY);
    assertThat(made.bytes()).isEqualTo(NEW_BYTES);
    assertHolds(after, made, 0, NEW_BYTES, (byte) 0);
  }

  @Test
  void shouldKeepWhatItOpenedAfterAKilledServerThroughAPowerCut() {
    CrashDevice written = new CrashDevice(CAPACITY);
    try (Pool pool = Pool.format(written, FormatOptions.careful())) {
      pool.createVolume("new", NEW_BYTES);
    }
    CrashDevice killed = new CrashDevice(CAPACITY);
    killed.memory().copyFrom(written.memory()); // in the caches alone

    Pool.open(killed).close();

    try (Pool after = Pool.open(killed.afterPowerCut(0, new SplittableRandom(1)))) {
      assertThat(after.volume("new")).isPresent();
    }
  }

  @Test
  void shouldDeleteWholeOrNotAtAll() {
    eachCrashLeavesOneOfTwoStates(
        () -> new CrashDevice(CAPACITY),
        pool -> pool.deleteVolume(pool.volume("kept").orElseThrow()),
        after ->
            assertThat(after.volumes()).extracting(Volume::name).containsExactly("large", "other"));
  }

  @ParameterizedTest
  @CsvSource({
    "kept, 2097152", // within its last unit
    "kept, 3145728", // elsewhere
    "large, 6291455", // in place
  })
  void shouldGrowWholeOrNotAtAll(String name, long bytes) {
    long[] had = {0};
    eachCrashLeavesOneOfTwoStates(
        () -> new CrashDevice(CAPACITY),
        pool -> {
          Volume known = pool.volume(name).orElseThrow();
          had[0] = known.bytes();
          pool.resizeVolume(known, bytes);
        },
        after -> {
          assertThat(after.volumes()).hasSize(3);
          Volume larger = after.volume(name).orElseThrow();
          assertThat(larger.bytes()).isEqualTo(bytes);
          assertHolds(after, larger, 0, had[0], OLD);
          assertHolds(after, larger, had[0], bytes, (byte) 0);
        });
  }

  @ParameterizedTest
  @CsvSource({"kept, 17", "large, 2097152", "large, 1"})
  void shouldShrinkWholeOrNotAtAll(String name, long bytes) {
    eachCrashLeavesOneOfTwoStates(
        () -> new CrashDevice(CAPACITY),
        pool -> pool.resizeVolume(pool.volume(name).orElseThrow(), bytes),
        after -> {
          assertThat(after.volumes()).hasSize(3);
          Volume smaller = after.volume(name).orElseThrow();
          assertThat(smaller.bytes()).isEqualTo(bytes);
          assertHolds(after, smaller, 0, bytes, OLD);
        });
  }

  @Test
  void shouldRenameWholeOrNotAtAll() {
    eachCrashLeavesOneOfTwoStates(
        () -> new CrashDevice(CAPACITY),
        pool -> pool.renameVolume(pool.volume("kept").orElseThrow(), "renamed"),
        after -> {
          assertThat(after.volumes())
              .extracting(Volume::name)
              .containsExactly("large", "other", "renamed");
          assertHolds(after, after.volume("renamed").orElseThrow(), 0, MIB, OLD);
        });
  }

  @Test
  void shouldGiveFreedSpaceAwayOnlyWhenThatIsDurable() {
    // Whatever the freed space holds by then, nobody but its new owner shows it.
    givesAwayWhatItFrees(pool -> pool.deleteVolume(pool.volume("large").orElseThrow()));
    givesAwayWhatItFrees(pool -> pool.resizeVolume(pool.volume("large").orElseThrow(), MIB));
  }

  private static void givesAwayWhatItFrees(Consumer<Pool> change) {
    eachCrash(
        () -> new CrashDevice(CAPACITY),
        pool -> {
          change.accept(pool);
          pool.createVolume("new", 4 * MIB);
        },
        (pool, after, cut) -> {
          assertThat(cut || after.volume("new").isPresent()).isTrue();
          for (Volume volume : after.volumes()) {
            assertHolds(
                after, volume, 0, volume.bytes(), volume.name().equals("new") ? (byte) 0 : OLD);
          }
        });
  }

  @Test
  void shouldSurviveACrashWhileRecoveringFromOne() {
    SplittableRandom random = new SplittableRandom(5);
    for (int first = 0; first < 9; first++) {
      CrashDevice device = prepared(new CrashDevice(CAPACITY));
      Pool pool = Pool.open(device);
      device.cutPowerAt(first);
      crash(() -> pool.createVolume("new", NEW_BYTES));
      CrashDevice second = device.afterPowerCut(random);
      for (int at = 0; at < 4; at++) {
        second.cutPowerAt(at);
        crash(() -> Pool.open(second));
        CrashDevice third = second.afterPowerCut(random);
        assertThat(Pool.open(third).volume("kept")).isPresent();
      }
    }
  }

  @Test
  void shouldFormatWholeOrNotAtAll() {
    SplittableRandom random = new SplittableRandom(6);
    for (int at = 0; ; at++) {
      CrashDevice device = prepared(new CrashDevice(CAPACITY));
      device.cutPowerAt(at);
      boolean cut = crash(() -> Pool.format(device, new FormatOptions(true, "again")));
      for (int seed = 0; seed < SEEDS; seed++) {
        CrashDevice after = device.afterPowerCut(random);
        try {
          Pool pool = Pool.open(after);
          // The first persist wipes the old pool out; before it, either may come up.
          if (pool.name().equals("again")) {
            assertThat(pool.volumes()).isEmpty();
          } else {
            assertThat(at).isZero();
            assertThat(pool.volumes()).hasSize(3);
          }
        } catch (StorageException e) {
          assertThat(cut).isTrue();
          if (e.category() == StorageException.Category.CORRUPT) {
            // A header is torn: an old one while both are wiped, or the first of the new ones.
            assertThat(at).isIn(0, 3);
          } else {
            assertThat(e.category()).isEqualTo(StorageException.Category.NO_POOL);
          }
        }
      }
      if (!cut) {
        return;
      }
    }
  }

  @Test
  void shouldCatchZerosThatWereNotWrittenBack() {
    // That the tests above can fail at all.
    long data = PoolLayout.of(CAPACITY).dataOffset();
    assertThatExceptionOfType(AssertionError.class)
        .isThrownBy(() ->
            eachCrashLeavesOneOfTwoStates(
                () -> new ForgetfulDevice(data, CAPACITY),
                pool -> pool.createVolume("new", NEW_BYTES),
                PoolCrashTest::hasTheNewVolume))
        .withMessageContaining("the first byte of volume new that is not 0x00");
    assertThatExceptionOfType(AssertionError.class)
        .isThrownBy(() ->
            eachCrashLeavesOneOfTwoStates(
                () -> new ForgetfulDevice(data, CAPACITY),
                pool -> pool.resizeVolume(pool.volume("kept").orElseThrow(), 2 * MIB),
                after ->
                    assertHolds(after, after.volume("kept").orElseThrow(), MIB, 2 * MIB, (byte) 0)))
        .withMessageContaining("the first byte of volume kept that is not 0x00");
  }

  @Test
  void shouldCatchMetadataThatWasNotWrittenBack() {
    long data = PoolLayout.of(CAPACITY).dataOffset();
    assertThatExceptionOfType(StorageException.class)
        .isThrownBy(() ->
            eachCrashLeavesOneOfTwoStates(
                () -> new ForgetfulDevice(PoolLayout.SLOTS * PoolLayout.PAGE, data),
                pool -> pool.createVolume("new", NEW_BYTES),
                PoolCrashTest::hasTheNewVolume))
        .withMessageContaining("corrupt");
  }

  /** Once it is told to, writes nothing back from a part of itself. */
  private static final class ForgetfulDevice extends CrashDevice {
    private final long from;
    private final long to;
    private boolean forgets;

    ForgetfulDevice(long from, long to) {
      super(CAPACITY);
      this.from = from;
      this.to = to;
    }

    @Override
    public synchronized void cutPowerAt(long persist) {
      forgets = true;
      super.cutPowerAt(persist);
    }

    @Override
    protected void writeBack(long offset, long length) {
      if (!forgets || offset < from || offset >= to) {
        super.writeBack(offset, length);
      }
    }
  }

  private interface Check {
    /**
     * Looks at what came up, {@code after}, where {@code pool} ran and its power was cut or not.
     */
    void check(Pool pool, Pool after, boolean cut);
  }

  private static void eachCrashLeavesOneOfTwoStates(
      Supplier<CrashDevice> blank, Consumer<Pool> change, Consumer<Pool> isChanged) {
    List<Volume> before = Pool.open(prepared(blank.get())).volumes();
    eachCrash(
        blank,
        change,
        (pool, after, cut) -> {
          if (cut && isAlike(after.volumes(), before)) {
            for (Volume volume : after.volumes()) {
              assertHolds(after, volume, 0, volume.bytes(), OLD);
            }
            return;
          }
          isChanged.accept(after);
          if (!cut) {
            // It returned, so it is there.
            assertThat(after.volumes()).isEqualTo(pool.volumes());
          }
        });
  }

  /** Says whether all but the ids is alike, which are random. */
  private static boolean isAlike(List<Volume> volumes, List<Volume> others) {
    UUID same = new UUID(0, 0);
    return volumes.stream()
        .map(v -> new Volume(same, v.name(), v.bytes(), v.extents(), v.state()))
        .toList()
        .equals(
            others.stream()
                .map(v -> new Volume(same, v.name(), v.bytes(), v.extents(), v.state()))
                .toList());
  }

  private static void eachCrash(Supplier<CrashDevice> blank, Consumer<Pool> change, Check check) {
    SplittableRandom random = new SplittableRandom(4);
    for (int at = 0; ; at++) {
      if (at > 1000) {
        fail("the change never ends");
      }
      CrashDevice device = prepared(blank.get());
      Pool pool = Pool.open(device);
      device.cutPowerAt(at);
      boolean cut = crash(() -> change.accept(pool));
      for (int seed = 0; seed < SEEDS; seed++) {
        CrashDevice up =
            device.afterPowerCut(seed == 0 ? 0 : seed == 1 ? 1 : random.nextDouble(), random);
        Pool after = Pool.open(up);
        check.check(pool, after, cut);
        assertThat(after.free())
            .isEqualTo(
                after.capacity() - after.volumes().stream().mapToLong(Volume::allocated).sum());
        assertThat(MetadataSlots.read(up).bothCurrent()).isTrue();
      }
      if (!cut) {
        assertThat(at).isGreaterThanOrEqualTo(4);
        return;
      }
    }
  }

  private static void assertHolds(Pool pool, Volume volume, long from, long to, byte expected) {
    VolumeContents.assertAll(pool, volume, from, to, expected);
  }

  /** A pool with three volumes, and what deleted ones left in its free space. */
  private static CrashDevice prepared(CrashDevice device) {
    Pool pool = Pool.format(device, FormatOptions.careful());
    pool.createVolume("kept", MIB);
    pool.createVolume("other", 1);
    pool.createVolume("large", 4 * MIB);
    PoolLayout layout = PoolLayout.of(device.capacity());
    device.memory().asSlice(layout.dataOffset()).fill(OLD);
    device.persist(layout.dataOffset(), layout.dataLength());
    pool.close();
    return device;
  }

  private static boolean crash(Runnable change) {
    try {
      change.run();
      return false;
    } catch (PowerCut e) {
      return true;
    }
  }
}
