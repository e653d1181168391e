package io.dsa.sal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ExtentAllocatorTest {
  private static final long UNIT = Pool.EXTENT_UNIT;

  @Test
  void shouldTakeTheSmallestRunThatFits() {
    ExtentAllocator allocator = new ExtentAllocator(0, 16 * UNIT);
    allocator.reserve(units(4, 1)); // free: 4 units at 0
    allocator.reserve(units(7, 1)); // free: 2 units at 5
    // and 8 units at 8
    assertThat(allocator.allocate(2 * UNIT)).containsExactly(units(5, 2));
    assertThat(allocator.allocate(3 * UNIT)).containsExactly(units(0, 3));
    assertThat(allocator.allocate(UNIT)).containsExactly(units(3, 1));
    assertThat(allocator.allocate(8 * UNIT)).containsExactly(units(8, 8));
    assertThat(allocator.free()).isZero();
    assertThatIllegalArgumentException().isThrownBy(() -> allocator.allocate(UNIT));
  }

  @Test
  void shouldTakeFewExtentsWhenNoRunFits() {
    ExtentAllocator allocator = new ExtentAllocator(0, 16 * UNIT);
    allocator.reserve(units(1, 1)); // 1 at 0
    allocator.reserve(units(7, 1)); // 5 at 2
    allocator.reserve(units(10, 1)); // 2 at 8, 5 at 11
    assertThat(allocator.allocate(6 * UNIT)).containsExactly(units(2, 5), units(0, 1));
    assertThat(allocator.allocate(7 * UNIT)).containsExactly(units(11, 5), units(8, 2));
    assertThat(allocator.free()).isZero();
  }

  @Test
  void shouldJoinWhatIsReleased() {
    ExtentAllocator allocator = new ExtentAllocator(UNIT, 3 * UNIT);
    allocator.allocate(3 * UNIT);
    allocator.release(units(1, 1));
    allocator.release(units(3, 1));
    assertThat(allocator.largest()).isEqualTo(UNIT);
    allocator.release(units(2, 1));
    assertThat(allocator.largest()).isEqualTo(3 * UNIT);
  }

  @Test
  void shouldNoticeSpaceTakenOrFreedTwice() {
    ExtentAllocator allocator = new ExtentAllocator(0, 4 * UNIT);
    allocator.reserve(units(1, 2));
    assertThatIllegalStateException().isThrownBy(() -> allocator.reserve(units(2, 1)));
    assertThatIllegalStateException().isThrownBy(() -> allocator.reserve(units(0, 2)));
    assertThatIllegalStateException().isThrownBy(() -> allocator.release(units(0, 1)));
    assertThatIllegalStateException().isThrownBy(() -> allocator.release(units(2, 2)));
    assertThat(allocator.free()).isEqualTo(2 * UNIT);
  }

  @Test
  void shouldNeitherOverlapNorLeakWhateverComes() {
    SplittableRandom random = new SplittableRandom(7);
    for (int round = 0; round < 20; round++) {
      int units = 1 + random.nextInt(300);
      ExtentAllocator allocator = new ExtentAllocator(5 * UNIT, units * UNIT);
      BitSet taken = new BitSet();
      List<List<Extent>> live = new ArrayList<>();
      for (int step = 0; step < 1000; step++) {
        if (allocator.free() > 0 && (live.isEmpty() || random.nextInt(5) < 3)) {
          long want = 1 + random.nextLong(Math.min(allocator.free() / UNIT, 40));
          long largest = allocator.largest() / UNIT;
          List<Extent> extents = allocator.allocate(want * UNIT);
          assertThat(extents.size() == 1).isEqualTo(want <= largest);
          for (Extent extent : extents) {
            int from = Math.toIntExact(extent.poolOffset() / UNIT);
            int to = Math.toIntExact(extent.end() / UNIT);
            assertThat(from).isGreaterThanOrEqualTo(5);
            assertThat(to).isLessThanOrEqualTo(5 + units);
            assertThat(taken.get(from, to).isEmpty()).isTrue();
            taken.set(from, to);
          }
          assertThat(extents.stream().mapToLong(Extent::length).sum()).isEqualTo(want * UNIT);
          live.add(extents);
        } else if (!live.isEmpty()) {
          List<Extent> extents = live.remove(random.nextInt(live.size()));
          for (Extent extent : extents) {
            allocator.release(extent);
            taken.clear((int) (extent.poolOffset() / UNIT), (int) (extent.end() / UNIT));
          }
        }
        assertThat(allocator.free()).isEqualTo((units - taken.cardinality()) * UNIT);
      }
      live.forEach(extents -> extents.forEach(allocator::release));
      assertThat(allocator.largest()).isEqualTo(units * UNIT);
    }
  }

  private static Extent units(long offset, long length) {
    return new Extent(offset * UNIT, length * UNIT);
  }
}
