package io.dsa.sal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.dsa.sal.StorageException.Category;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PoolResizeTest {
  private static final long MIB = 1L << 20;
  private static final long UNIT = Pool.EXTENT_UNIT;

  private final CrashDevice device = new CrashDevice(18 * MIB);
  private final Pool pool = Pool.format(device, FormatOptions.careful());
  private final long data = PoolLayout.of(device.capacity()).dataOffset();

  @Test
  void shouldGrowInPlaceWhereTheSpaceBehindIsFree() {
    Volume volume = pool.createVolume("v", MIB);
    VolumeContents.fill(pool, volume, 0, MIB);
    Volume larger = pool.resizeVolume(volume, 5 * MIB);
    assertThat(larger)
        .isEqualTo(
            new Volume(
                volume.id(), "v", 5 * MIB, List.of(new Extent(data, 6 * MIB)), VolumeState.READY));
    VolumeContents.assertFilled(pool, larger, 0, MIB);
    VolumeContents.assertZero(pool, larger, MIB, 5 * MIB);
    comesBack(larger);
  }

  @Test
  void shouldGrowWithinItsLastUnitWithoutTakingSpace() {
    Volume volume = pool.createVolume("v", 1);
    long free = pool.free();
    Volume larger = pool.resizeVolume(volume, UNIT);
    assertThat(larger.extents()).isEqualTo(volume.extents());
    assertThat(pool.free()).isEqualTo(free);
    comesBack(larger);
  }

  @Test
  void shouldGrowElsewhereWhereTheSpaceBehindIsTaken() {
    Volume volume = pool.createVolume("v", UNIT);
    Volume behind = pool.createVolume("behind", UNIT);
    VolumeContents.fill(pool, volume, 0, UNIT);
    VolumeContents.fill(pool, behind, 0, UNIT);
    Volume larger = pool.resizeVolume(volume, 2 * UNIT);
    assertThat(larger.extents())
        .containsExactly(new Extent(data, UNIT), new Extent(data + 2 * UNIT, UNIT));
    VolumeContents.assertFilled(pool, larger, 0, UNIT);
    VolumeContents.assertZero(pool, larger, UNIT, 2 * UNIT);
    VolumeContents.assertFilled(pool, behind, 0, UNIT);
    comesBack(behind, larger);
  }

  @Test
  void shouldGrowPartlyInPlaceAndPartlyElsewhere() {
    Volume volume = pool.createVolume("v", UNIT);
    Volume gap = pool.createVolume("gap", UNIT);
    Volume behind = pool.createVolume("behind", UNIT);
    pool.deleteVolume(gap);
    Volume larger = pool.resizeVolume(volume, 4 * UNIT);
    assertThat(larger.extents())
        .containsExactly(new Extent(data, 2 * UNIT), new Extent(data + 3 * UNIT, 2 * UNIT));
    comesBack(behind, larger);
  }

  @Test
  void shouldGrowToAllThatThereIs() {
    Volume volume = pool.createVolume("v", 1);
    Volume larger = pool.resizeVolume(volume, pool.capacity());
    assertThat(pool.free()).isZero();
    comesBack(larger);
  }

  @Test
  void shouldShrinkWithinAUnit() {
    Volume volume = pool.createVolume("v", UNIT + 7);
    long free = pool.free();
    Volume smaller = pool.resizeVolume(volume, UNIT + 1);
    assertThat(smaller.bytes()).isEqualTo(UNIT + 1);
    assertThat(smaller.extents()).isEqualTo(volume.extents());
    assertThat(pool.free()).isEqualTo(free);
    comesBack(smaller);
  }

  @Test
  void shouldFreeWholeUnitsWhenShrinking() {
    Volume volume = pool.createVolume("v", 4 * UNIT);
    long free = pool.free();
    Volume smaller = pool.resizeVolume(volume, UNIT + 1);
    assertThat(smaller.extents()).containsExactly(new Extent(data, 2 * UNIT));
    assertThat(pool.free()).isEqualTo(free + 2 * UNIT);
    comesBack(smaller);
  }

  @Test
  void shouldFreeWholeExtentsWhenShrinking() {
    Volume volume = pool.createVolume("v", UNIT);
    pool.createVolume("behind", UNIT);
    Volume larger = pool.resizeVolume(volume, 3 * UNIT);
    assertThat(larger.extents()).hasSize(2);
    assertThat(pool.resizeVolume(larger, 1).extents()).isEqualTo(volume.extents());
    assertThat(pool.free()).isEqualTo(pool.capacity() - 2 * UNIT);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 4095, 4097, UNIT - 1, UNIT, UNIT + 1, 2 * UNIT})
  void shouldReadZerosWhereItShrankAndGrewAgain(long smaller) {
    long size = 3 * UNIT - 5;
    Volume volume = pool.createVolume("v", size);
    VolumeContents.fill(pool, volume, 0, size);
    Volume again = pool.resizeVolume(pool.resizeVolume(volume, smaller), size);
    VolumeContents.assertFilled(pool, again, 0, smaller);
    VolumeContents.assertZero(pool, again, smaller, size);
    // What is past the size too: that is what the next growth begins with.
    Volume whole = pool.resizeVolume(again, 3 * UNIT);
    VolumeContents.assertZero(pool, whole, smaller, 3 * UNIT);
  }

  @Test
  void shouldWriteNothingForTheSameSize() {
    Volume volume = pool.createVolume("v", 5);
    device.cutPowerAt(0);
    assertThat(pool.resizeVolume(volume, 5)).isEqualTo(volume);
  }

  @ParameterizedTest
  @ValueSource(longs = {17 * MIB, 1L << 40, Long.MAX_VALUE - 1, Long.MAX_VALUE})
  void shouldLeaveAllAsItWasWhereThereIsNoSpace(long bytes) {
    Volume volume = pool.createVolume("v", UNIT + 1);
    long free = pool.free();
    byte[] before = DeviceBytes.of(device);
    refused(Category.NO_SPACE, () -> pool.resizeVolume(volume, bytes));
    assertThat(pool.volume("v")).contains(volume);
    assertThat(pool.free()).isEqualTo(free);
    DeviceBytes.assertUnchanged(device, before);
    pool.resizeVolume(volume, 2 * UNIT); // it is not left as if it were growing
  }

  @Test
  void shouldSayWhatDoesNotFit() {
    Volume volume = pool.createVolume("v", UNIT);
    assertThatExceptionOfType(StorageException.class)
        .isThrownBy(() -> pool.resizeVolume(volume, 34 * MIB))
        .withMessage(
            "growing volume 'v' by 32MiB does not fit in crash:18874368: 14MiB of 16MiB free");
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -1, Long.MIN_VALUE})
  void shouldRefuseASizeThatIsNone(long bytes) {
    Volume volume = pool.createVolume("v", 1);
    byte[] before = DeviceBytes.of(device);
    refused(Category.INVALID, () -> pool.resizeVolume(volume, bytes));
    DeviceBytes.assertUnchanged(device, before);
  }

  @Test
  void shouldSpareAnotherVolumeThatHasItsNameSince() {
    Volume old = pool.createVolume("v", UNIT);
    pool.deleteVolume(old);
    refused(Category.UNKNOWN, () -> pool.resizeVolume(old, 1));
    Volume fresh = pool.createVolume("v", UNIT);
    refused(Category.UNKNOWN, () -> pool.resizeVolume(old, 1));
    refused(Category.UNKNOWN, () -> pool.resizeVolume(old, 2 * UNIT));
    assertThat(pool.volume("v")).contains(fresh);
  }

  @Test
  void shouldRefuseWhoDoesNotKnowWhereTheVolumeIs() {
    Volume known = pool.createVolume("v", 2 * UNIT);
    Volume smaller = pool.resizeVolume(known, UNIT);
    refused(Category.BUSY, () -> pool.resizeVolume(known, 1));
    pool.createVolume("behind", UNIT);
    // The same size as at first, and elsewhere.
    Volume moved = pool.resizeVolume(smaller, 2 * UNIT);
    refused(Category.BUSY, () -> pool.resizeVolume(known, UNIT));
    refused(Category.BUSY, () -> pool.resizeVolume(known, 3 * UNIT));
    assertThat(pool.volume("v")).contains(moved);
  }

  @Test
  void shouldTakeNoChangesAfterClose() {
    Volume volume = pool.createVolume("v", UNIT);
    pool.close();
    byte[] before = DeviceBytes.of(device);
    assertThatIllegalStateException().isThrownBy(() -> pool.resizeVolume(volume, 1));
    assertThatIllegalStateException().isThrownBy(() -> pool.resizeVolume(volume, 2 * UNIT));
    assertThatIllegalStateException().isThrownBy(() -> pool.renameVolume(volume, "w"));
    DeviceBytes.assertUnchanged(device, before);
  }

  private void comesBack(Volume... volumes) {
    Pool again = Pool.open(device);
    assertThat(again.volumes()).containsExactly(volumes).isEqualTo(pool.volumes());
    assertThat(again.free()).isEqualTo(pool.free());
  }

  private static void refused(Category category, ThrowingCallable call) {
    assertThatExceptionOfType(StorageException.class)
        .isThrownBy(call)
        .satisfies(e -> assertThat(e.category()).isEqualTo(category))
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n").hasSizeLessThan(400));
  }
}
