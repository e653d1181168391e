package io.dsa.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dsa.client.IoStatus;
import io.dsa.client.ModelServer;
import io.dsa.client.Volume;
import io.dsa.client.VolumeOptions;
import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** One queue of a benchmark, on the model of a server that is held and lost as the test likes. */
@Timeout(60)
final class BenchLaneTest {
  private static final int BLOCK = 512;
  private static final int DEPTH = 4;

  private final ModelServer server = new ModelServer();
  private final ModelSession session = ModelSession.open(server);
  private final BenchQuota quota = new BenchQuota();
  private final BenchMeter warmUp = new BenchMeter();
  private final BenchMeter measured = new BenchMeter();
  private BenchPlan plan;
  private BenchLoad load;
  private BenchLane lane;

  @AfterEach
  void close() {
    lane.close();
    session.close();
  }

  private void open(BenchPlan planned) {
    plan = planned;
    load =
        new BenchLoad(
            plan, plan.rangeOf(0, "v", session.volume().bytes()), 77, new SplittableRandom(1));
    lane = new BenchLane(plan, load, quota, warmUp, session);
  }

  /** Until nothing is in flight and nothing more is to begin. */
  private void drive() {
    for (lane.fill(); lane.inFlight() > 0; lane.fill()) {
      assertThat(lane.inFlight()).isLessThanOrEqualTo(plan.depth());
      step();
    }
  }

  private void step() {
    switch (plan.waiting()) {
      case SPIN -> lane.poll(16);
      case BLOCK -> lane.await(Duration.ofSeconds(1));
    }
  }

  @ParameterizedTest
  @EnumSource
  void shouldCountWhatWasBegunBeforeTheMeasurementApart(BenchPlan.Wait waiting) {
    open(BenchPlans.lane(BenchMode.READ, waiting, BLOCK, DEPTH, false));
    quota.set(100);
    server.hold();
    lane.fill();
    assertThat(lane.inFlight()).isEqualTo(DEPTH);

    lane.recordIn(measured);
    server.proceed();
    drive();

    // What was in flight, and the one that was prepared to follow.
    assertThat(warmUp.done()).isEqualTo(DEPTH + 1);
    assertThat(measured.done()).isEqualTo(100 - DEPTH - 1);
    assertThat(measured.reads().getTotalCount()).isEqualTo(measured.done());
    assertThat(measured.reads().getMinValue()).isPositive();
    assertThat(measured.writes().getTotalCount()).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void shouldCarryOutAsManyAsItsQuota(BenchPlan.Wait waiting) {
    open(BenchPlans.lane(BenchMode.DURABLE_WRITE, waiting, BLOCK, DEPTH, false));
    for (int requests : new int[] {1, DEPTH, DEPTH + 1, 500}) {
      long before = warmUp.done();
      quota.set(requests);

      drive();

      assertThat(warmUp.done() - before).isEqualTo(requests);
    }
    assertThat(warmUp.writes().getTotalCount()).isEqualTo(warmUp.done());
    assertThat(lane.failure()).isEqualTo(IoStatus.OK);
  }

  @ParameterizedTest
  @EnumSource
  void shouldCountNoRequestThatFailed(BenchPlan.Wait waiting) {
    open(BenchPlans.lane(BenchMode.WRITE, waiting, BLOCK, DEPTH, false));
    quota.set(10);
    drive();
    quota.set(100);
    server.hold();
    lane.fill();

    server.disconnect();
    while (lane.inFlight() > 0) {
      step();
    }

    assertThat(lane.failure()).isEqualTo(IoStatus.DISCONNECTED);
    // The blocks after the ten, where one was in flight.
    assertThat(lane.failedOffset()).isBetween(10L * BLOCK, (10L + DEPTH) * BLOCK);
    assertThat(warmUp.done()).isEqualTo(10);
    lane.fill();
    assertThat(lane.inFlight()).isZero();
  }

  @Test
  void shouldSayWhyItWasRefused() {
    open(BenchPlans.lane(BenchMode.READ, BenchPlan.Wait.SPIN, BLOCK, DEPTH, false));
    session.close();

    lane.fill();

    assertThat(lane.failure()).isEqualTo(IoStatus.CLOSED);
    assertThat(lane.inFlight()).isZero();
  }

  @ParameterizedTest
  @CsvSource({"SPIN, 512", "BLOCK, 512", "SPIN, 393216", "BLOCK, 393216"})
  void shouldNoticeOneWrongByteOfWhatItHasWritten(BenchPlan.Wait waiting, int blockBytes) {
    open(BenchPlans.lane(BenchMode.WRITE, waiting, blockBytes, DEPTH, true));
    long blocks = ModelServer.BYTES / blockBytes;
    quota.set(blocks);
    drive();
    load.beginCheck();
    quota.set(Long.MAX_VALUE);
    drive();
    assertThat(load.verified()).isEqualTo(blocks);

    // The larger block begins in one extent and ends in the next.
    long wrong = 2L * blockBytes;
    change(wrong + blockBytes - 1);
    load.beginCheck();

    assertThatThrownBy(this::drive)
        .isInstanceOfSatisfying(
            CliException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.CORRUPT))
        .hasMessageContaining("offset " + wrong + " ");
  }

  private void change(long offset) {
    try (Volume other = server.open(VolumeOptions.defaults())) {
      byte[] one = new byte[1];
      other.read(offset, one);
      one[0] ^= 1;
      other.write(offset, one);
    }
  }

  @ParameterizedTest
  @EnumSource
  void shouldWaitForRoomWhereABlockTakesManyWorkRequests(BenchPlan.Wait waiting) {
    // Five of them each, over three extents: less than the depth asks for find room at once.
    open(BenchPlans.lane(BenchMode.READ, waiting, 5 << 19, 16, false));
    quota.set(50);
    server.hold();
    lane.fill();
    assertThat(lane.inFlight()).isBetween(1, 15);
    server.proceed();

    drive();

    assertThat(lane.failure()).isEqualTo(IoStatus.OK);
    assertThat(warmUp.done()).isEqualTo(50);
  }

  @Test
  void shouldCloseItsQueueUnderRequestsInFlight() {
    open(BenchPlans.lane(BenchMode.READ, BenchPlan.Wait.SPIN, BLOCK, DEPTH, false));
    server.hold();
    lane.fill();

    lane.close();

    assertThat(server.queueCount()).isZero();
    assertThat(warmUp.done()).isZero();
  }
}
