package io.dsa.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The shares of threads. What a plan refuses is in UsageTest, as users meet it. */
final class BenchPlanTest {
  private static final long VOLUME_BYTES = 512 * 10 + 100;

  private final BenchPlan plan =
      BenchPlans.verifying(BenchMode.WRITE, BenchPlan.Order.RANDOM, 1, 3);

  @Test
  void shouldGiveThreadsBlocksOfTheirOwn() {
    assertThat(plan.rangeOf(0, "v", VOLUME_BYTES)).isEqualTo(new BlockRange(0, 3));
    assertThat(plan.rangeOf(1, "v", VOLUME_BYTES)).isEqualTo(new BlockRange(3, 3));
    assertThat(plan.rangeOf(2, "v", VOLUME_BYTES)).isEqualTo(new BlockRange(6, 3));
  }

  @Test
  void shouldShareOperationsOut() {
    assertThat(plan.operationsOf(0)).isEqualTo(4);
    assertThat(plan.operationsOf(1)).isEqualTo(3);
    assertThat(plan.operationsOf(2)).isEqualTo(3);
  }

  @ParameterizedTest
  @CsvSource({
    "4096, 1, 2",
    "4096, 7, 8",
    "4096, 1024, 1024",
    // The first byte of it may be the last one of an extent.
    "2097152, 1, 3",
    "1073741824, 1, 514",
  })
  void shouldHaveQueuesThatTakeABlockWhereverItIs(int blockBytes, int depth, int queueDepth) {
    BenchPlan large =
        BenchPlans.lane(BenchMode.DURABLE_WRITE, BenchPlan.Wait.SPIN, blockBytes, depth, false);

    assertThat(large.queueDepth()).isEqualTo(queueDepth);
  }

  @Test
  void shouldRefuseAVolumeThatHoldsLessThanIsInFlight() {
    BenchPlan deep = BenchPlans.verifying(BenchMode.WRITE, BenchPlan.Order.RANDOM, 4, 3);

    assertThatThrownBy(() -> deep.rangeOf(0, "v", VOLUME_BYTES))
        .isInstanceOf(CliException.class)
        .hasMessage(
            "volume v has 5220 bytes, which is room for 10 blocks of 512, and this needs 15");
  }
}
