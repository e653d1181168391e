package io.dsa.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class BlockOrderTest {
  private static LongStream of(BenchPlan.Order order, long count, int visits) {
    BlockOrder blocks = BlockOrder.of(order, count, new SplittableRandom(1));
    return LongStream.range(0, visits).map(visit -> blocks.next());
  }

  @Test
  void shouldBeginAgainBehindTheLastBlock() {
    assertThat(of(BenchPlan.Order.SEQUENTIAL, 3, 7)).containsExactly(0L, 1L, 2L, 0L, 1L, 2L, 0L);
  }

  @Test
  void shouldReachEveryBlockAtRandomAndNoOther() {
    assertThat(of(BenchPlan.Order.RANDOM, 8, 1000).distinct().sorted())
        .containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L);
  }

  @Test
  void shouldNotVisitInOrderAtRandom() {
    assertThat(of(BenchPlan.Order.RANDOM, 1000, 20).boxed().toList())
        .isNotEqualTo(of(BenchPlan.Order.RANDOM, 1000, 20).sorted().boxed().toList());
  }
}
