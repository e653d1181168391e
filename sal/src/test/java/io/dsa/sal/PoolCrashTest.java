package io.dsa.sal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.fail;

import io.dsa.sal.CrashDevice.PowerCut;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Cuts the power at every persist call of a change, and looks what comes up. */
class PoolCrashTest {
  private static final long MIB = 1L << 20;
  private static final long CAPACITY = 8 * MIB;
  private static final long NEW_BYTES = 2 * MIB;
  private static final int SEEDS = 6;

  @Test
  void shouldCreateWholeOrNotAtAll() {
    eachCrashLeavesOneOfTwoStates(
        () -> new CrashDevice(CAPACITY), pool -> pool.createVolume("new", NEW_BYTES));
  }

  @Test
  void shouldDeleteWholeOrNotAtAll() {
    eachCrashLeavesOneOfTwoStates(
        () -> new CrashDevice(CAPACITY),
        pool -> pool.deleteVolume(pool.volume("kept").orElseThrow()));
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
            assertThat(pool.volumes()).hasSize(2);
          }
        } catch (StorageException e) {
          assertThat(cut).isTrue();
          assertThat(e.category())
              .isIn(StorageException.Category.NO_POOL, StorageException.Category.CORRUPT);
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
                pool -> pool.createVolume("new", NEW_BYTES)))
        .withMessageContaining("old data");
  }

  @Test
  void shouldCatchMetadataThatWasNotWrittenBack() {
    long data = PoolLayout.of(CAPACITY).dataOffset();
    assertThatExceptionOfType(StorageException.class)
        .isThrownBy(() ->
            eachCrashLeavesOneOfTwoStates(
                () -> new ForgetfulDevice(PoolLayout.SLOTS * PoolLayout.PAGE, data),
                pool -> pool.createVolume("new", NEW_BYTES)))
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

  private static void eachCrashLeavesOneOfTwoStates(
      Supplier<CrashDevice> blank, Consumer<Pool> change) {
    SplittableRandom random = new SplittableRandom(4);
    for (int at = 0; ; at++) {
      if (at > 1000) {
        fail("the change never ends");
      }
      CrashDevice device = prepared(blank.get());
      Pool pool = Pool.open(device);
      List<Volume> before = pool.volumes();
      device.cutPowerAt(at);
      boolean cut = crash(() -> change.accept(pool));
      for (int seed = 0; seed < SEEDS; seed++) {
        CrashDevice up =
            device.afterPowerCut(seed == 0 ? 0 : seed == 1 ? 1 : random.nextDouble(), random);
        Pool after = Pool.open(up);
        if (cut) {
          isOneOfTwoStates(before, after);
        } else {
          // It returned, so it is there.
          assertThat(after.volumes()).isEqualTo(pool.volumes()).isNotEqualTo(before);
        }
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

  private static void isOneOfTwoStates(List<Volume> before, Pool after) {
    if (after.volumes().equals(before)) {
      return;
    }
    if (after.volumes().size() < before.size()) {
      assertThat(after.volumes()).extracting(Volume::name).containsExactly("other");
      return;
    }
    assertThat(after.volumes()).containsAll(before).hasSize(before.size() + 1);
    Volume made = after.volume("new").orElseThrow();
    assertThat(made.state()).isEqualTo(VolumeState.READY);
    assertThat(made.bytes()).isEqualTo(NEW_BYTES);
    MemorySegment zeros = MemorySegment.ofArray(new byte[(int) NEW_BYTES]);
    for (Extent extent : made.extents()) {
      assertThat(
              zeros.mismatch(after.device().memory().asSlice(extent.poolOffset(), extent.length())))
          .as("old data in the new volume")
          .isEqualTo(-1);
    }
  }

  /** A pool with two volumes, and what deleted ones left in its free space. */
  private static CrashDevice prepared(CrashDevice device) {
    Pool pool = Pool.format(device, FormatOptions.careful());
    pool.createVolume("kept", MIB);
    pool.createVolume("other", 1);
    PoolLayout layout = PoolLayout.of(device.capacity());
    device.memory().asSlice(layout.dataOffset()).fill((byte) 0xEE);
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
