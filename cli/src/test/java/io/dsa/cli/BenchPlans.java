package io.dsa.cli;

import java.time.Duration;
import java.util.OptionalLong;

/** Plans for tests. */
final class BenchPlans {
  private BenchPlans() {}

  static BenchPlan verifying(BenchMode mode, BenchPlan.Order order, int depth, int threads) {
    return new BenchPlan(
        mode,
        order,
        BenchPlan.Wait.SPIN,
        50,
        512,
        depth,
        threads,
        1,
        Duration.ZERO,
        Duration.ofSeconds(1),
        OptionalLong.of(10),
        true,
        Duration.ZERO);
  }
}
