package io.dsa.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class UnflushedRangesTest {
  private static final int SIZE = 400;

  private final UnflushedRanges ranges = new UnflushedRanges();

  @Test
  void shouldJoinWhatTouches() {
    ranges.add(0, 10, 1);
    ranges.add(20, 30, 1);
    ranges.add(10, 20, 1);

    assertThat(ranges.take(5, 100)).containsExactly(new ByteRange(5, 30));
    assertThat(ranges.take(0, 100)).containsExactly(new ByteRange(0, 5));
    assertThat(ranges.isEmpty()).isTrue();
  }

  @Test
  void shouldFlushOnlyWhatIsOlder() {
    ranges.add(0, 100, 1);
    ranges.add(40, 50, 2);

    ranges.flushed(10, 90, 2);

    assertThat(ranges.take(0, 100))
        .containsExactly(new ByteRange(0, 10), new ByteRange(40, 50), new ByteRange(90, 100));
  }

  @Test
  void shouldSayWhatOneByteByByteWouldSay() {
    for (int seed = 0; seed < 300; seed++) {
      course(new Random(seed), seed);
    }
  }

  private static void course(Random random, int seed) {
    UnflushedRanges ranges = new UnflushedRanges();
    long[] ages = new long[SIZE];
    Arrays.fill(ages, -1);
    long age = 0;
    for (int step = 0; step < 120; step++) {
      int from = random.nextInt(SIZE - 1);
      int to = from + 1 + random.nextInt(Math.min(40, SIZE - from));
      switch (random.nextInt(4)) {
        case 0 -> {
          age++;
          long flushAge = age - random.nextInt(3);
          ranges.flushed(from, to, flushAge);
          for (int i = from; i < to; i++) {
            ages[i] = ages[i] < flushAge ? -1 : ages[i];
          }
        }
        case 1 -> {
          boolean[] taken = new boolean[SIZE];
          ranges
              .take(from, to)
              .forEach(range -> Arrays.fill(taken, (int) range.offset(), (int) range.end(), true));
          for (int i = 0; i < SIZE; i++) {
            boolean expected = i >= from && i < to && ages[i] >= 0;
            assertThat(taken[i]).as("byte %d, course %d", i, seed).isEqualTo(expected);
            ages[i] = expected ? -1 : ages[i];
          }
        }
        default -> {
          ranges.add(from, to, age);
          Arrays.fill(ages, from, to, age);
        }
      }
      int at = random.nextInt(SIZE);
      assertThat(ranges.meets(at, at + 1))
          .as("byte %d, course %d", at, seed)
          .isEqualTo(ages[at] >= 0);
    }
  }

  @Test
  void shouldForgetNothingWhenThereAreTooMany() {
    Random random = new Random(7);
    long[] offsets = random.longs(20 * UnflushedRanges.MOST, 0, 1L << 40).toArray();
    for (long offset : offsets) {
      ranges.add(offset, offset + 8, 1);
    }

    for (long offset : offsets) {
      assertThat(ranges.meets(offset, offset + 1) && ranges.meets(offset + 7, offset + 8)).isTrue();
    }
    assertThat(ranges.take(0, 1L << 41)).hasSizeLessThanOrEqualTo(UnflushedRanges.MOST);
  }
}
