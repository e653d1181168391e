package io.dsa.cli;

import java.util.SplittableRandom;

/** Which block of a range is next. Confined to one thread. */
abstract sealed class BlockOrder {
  /** A place within the range, from 0 on. */
  abstract long next();

  static BlockOrder of(BenchPlan.Order order, long count, SplittableRandom random) {
    return switch (order) {
      case RANDOM -> new Random(count, random);
      case SEQUENTIAL -> new Sequential(count);
    };
  }

  private static final class Random extends BlockOrder {
    private final long count;
    private final SplittableRandom random;

    Random(long count, SplittableRandom random) {
      this.count = count;
      this.random = random;
    }

    @Override
    long next() {
      return random.nextLong(count);
    }
  }

  /** From the first to the last, and again from the first. */
  private static final class Sequential extends BlockOrder {
    private final long count;
    private long next;

    Sequential(long count) {
      this.count = count;
    }

    @Override
    long next() {
      long block = next;
      next = block + 1 == count ? 0 : block + 1;
      return block;
    }
  }
}
