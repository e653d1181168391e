package io.dsa.sal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.dsa.sal.StorageException.Category;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class PoolRenameTest {
  private static final long MIB = 1L << 20;

  private final CrashDevice device = new CrashDevice(8 * MIB);
  private final Pool pool = Pool.format(device, FormatOptions.careful());
  private final Volume volume = pool.createVolume("old", 3 * MIB);

  @Test
  void shouldKeepAllButTheName() {
    Volume renamed = pool.renameVolume(volume, "n\u00e9w");
    assertThat(renamed)
        .isEqualTo(
            new Volume(
                volume.id(), "n\u00e9w", volume.bytes(), volume.extents(), VolumeState.READY));
    assertThat(pool.volume("old")).isEmpty();
    assertThat(Pool.open(device).volumes()).containsExactly(renamed).isEqualTo(pool.volumes());
  }

  @Test
  void shouldLeaveTheOldNameToOthers() {
    Volume renamed = pool.renameVolume(volume, "new");
    Volume other = pool.createVolume("old", 1);
    assertThat(pool.renameVolume(renamed, "again").id()).isEqualTo(volume.id());
    assertThat(pool.volume("old")).contains(other);
  }

  @Test
  void shouldWriteNothingForTheSameName() {
    device.cutPowerAt(0);
    assertThat(pool.renameVolume(volume, "old")).isEqualTo(volume);
  }

  @Test
  void shouldTakeTheLongestName() {
    String longest = "\u00fc".repeat(127) + "x";
    Volume renamed = pool.renameVolume(volume, longest);
    assertThat(Pool.open(device).volume(longest)).contains(renamed);
  }

  /** The server gives no such name any more, but a pool may have one from before. */
  @Test
  void shouldOpenWithNamesThatCannotBeSeenAndRenameThem() {
    for (String unseen : List.of("a\u200db", "\u3164", "a\u00a0", "\uDB40\uDC61", "\ue000")) {
      Volume old = pool.createVolume(unseen, 1);
      Volume known = Pool.open(device).volume(unseen).orElseThrow();
      assertThat(known).isEqualTo(old);
      pool.deleteVolume(pool.renameVolume(known, "seen"));
    }
  }

  @Test
  void shouldNotTakeTheNameOfAnother() {
    pool.createVolume("taken", 1);
    refusedAndNothingWritten(Category.EXISTS, () -> pool.renameVolume(volume, "taken"));
  }

  @Test
  void shouldRefuseNamesThatCannotBe() {
    for (String name :
        List.of("", "a\u0000b", "a\nb", "\uD800", "x".repeat(256), "x".repeat(10_000))) {
      refusedAndNothingWritten(Category.INVALID, () -> pool.renameVolume(volume, name));
    }
  }

  @Test
  void shouldSpareAnotherVolumeThatHasItsNameSince() {
    pool.deleteVolume(volume);
    refusedAndNothingWritten(Category.UNKNOWN, () -> pool.renameVolume(volume, "new"));
    pool.createVolume("old", 1);
    refusedAndNothingWritten(Category.UNKNOWN, () -> pool.renameVolume(volume, "new"));
    // Not even to the name that it has: it is another one's.
    refusedAndNothingWritten(Category.UNKNOWN, () -> pool.renameVolume(volume, "old"));
    refusedAndNothingWritten(Category.UNKNOWN, () -> pool.deleteVolume(volume));
  }

  @Test
  void shouldRenameWhoeverKnowsAnOlderSize() {
    pool.resizeVolume(volume, 1);
    assertThat(pool.renameVolume(volume, "new").bytes()).isEqualTo(1);
  }

  private void refusedAndNothingWritten(Category category, ThrowingCallable call) {
    List<Volume> volumes = pool.volumes();
    byte[] before = DeviceBytes.of(device);
    assertThatExceptionOfType(StorageException.class)
        .isThrownBy(call)
        .satisfies(e -> assertThat(e.category()).isEqualTo(category))
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n").hasSizeLessThan(400));
    assertThat(pool.volumes()).isEqualTo(volumes);
    DeviceBytes.assertUnchanged(device, before);
  }
}
