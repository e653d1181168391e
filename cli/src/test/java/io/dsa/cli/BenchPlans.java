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

  /** One thread and one queue, block after block. */
  static BenchPlan lane(
      BenchMode mode, BenchPlan.Wait waiting, int blockBytes, int depth, boolean verify) {
    return new BenchPlan(
        mode,
        BenchPlan.Order.SEQUENTIAL,
        waiting,
        50,
        blockBytes,
        depth,
        1,
        1,
        Duration.ZERO,
        Duration.ofSeconds(1),
        OptionalLong.empty(),
        verify,
        Duration.ZERO);
  }

  /** Verified reads and writes of two threads on two queues each, which end by their number. */
  static BenchPlan run(Duration warmUp, long operations, Duration reconnect) {
    return new BenchPlan(
        BenchMode.MIXED,
        BenchPlan.Order.RANDOM,
        BenchPlan.Wait.SPIN,
        50,
        512,
        4,
        2,
        2,
        warmUp,
        Duration.ofMinutes(1),
        OptionalLong.of(operations),
        true,
        reconnect);
  }
}
