package io.dsa.cli;

import io.dsa.client.IoStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One thread of {@code dsa bench}: keeps its queues full until its time is over. What it has done
 * stays when a connection is lost, and {@link #run} goes on over a new one.
 */
final class BenchWorker {
  /** How soon a sleeping thread hears that another one has failed. */
  private static final Duration NAP = Duration.ofMillis(250);

  private final BenchPlan plan;
  private final BenchLoad load;
  private final long operations;
  private final BenchMeter meter = new BenchMeter();

  /**
   * Does nothing yet.
   *
   * @param operations measured requests to end after
   */
  BenchWorker(BenchPlan plan, BenchLoad load, long operations) {
    this.plan = plan;
    this.load = load;
    this.operations = operations;
  }

  BenchLoad load() {
    return load;
  }

  BenchMeter meter() {
    return meter;
  }

  /**
   * Works over one connection, in a thread of its own.
   *
   * @param clock says when it is over; a check of what was written takes the time that it needs
   * @param halted ends it early once set
   * @throws CliException of a kind that {@link BenchRun} knows where the connection is lost
   */
  void run(BenchSession session, BenchClock clock, AtomicBoolean halted) {
    run(session, clock, halted, new ArrayList<>());
  }

  /** Opens one more queue, until there are as many as planned; each is closed whatever happens. */
  private void run(
      BenchSession session, BenchClock clock, AtomicBoolean halted, List<BenchLane> lanes) {
    if (lanes.size() == plan.queues()) {
      drive(session, clock, lanes, halted);
      return;
    }
    try (BenchLane lane = new BenchLane(plan, load, meter, session.client(), session.volume())) {
      lanes.add(lane);
      run(session, clock, halted, lanes);
    }
  }

  private void drive(
      BenchSession session, BenchClock clock, List<BenchLane> lanes, AtomicBoolean halted) {
    boolean measuring = false;
    long left = Long.MAX_VALUE;
    long silentSince = System.nanoTime();
    int turn = 0;
    while (!halted.get()) {
      long now = System.nanoTime();
      if (!measuring && clock.isWarm(now)) {
        measuring = true;
        left = operations - meter.done();
        lanes.forEach(lane -> lane.measureFrom(now));
      }
      int inFlight = 0;
      for (BenchLane lane : lanes) {
        if (!clock.isOver(now)) {
          left -= lane.fill((int) Math.min(left, Integer.MAX_VALUE));
        }
        inFlight += lane.inFlight();
      }
      if (inFlight == 0) {
        check(session, lanes);
        return;
      }
      turn = turn + 1 < lanes.size() ? turn + 1 : 0;
      if (await(lanes, turn) > 0) {
        silentSince = now;
      } else if (now - silentSince > BlockRing.SILENCE.toNanos()) {
        throw new CliException(
            ExitCode.TIMED_OUT,
            "server " + session.server() + ": does not answer any more; is it up?");
      }
      check(session, lanes);
    }
  }

  /** One queue may be slept on; with several it is each one's turn. */
  private int await(List<BenchLane> lanes, int turn) {
    int completed = 0;
    for (BenchLane lane : lanes) {
      completed += lane.poll();
    }
    if (completed > 0) {
      return completed;
    }
    if (plan.waiting() == BenchPlan.Wait.SPIN || lanes.get(turn).inFlight() == 0) {
      Thread.onSpinWait();
      return 0;
    }
    return lanes.get(turn).await(NAP);
  }

  private static void check(BenchSession session, List<BenchLane> lanes) {
    for (BenchLane lane : lanes) {
      if (lane.failure() != IoStatus.OK) {
        throw StatusFailure.of(
            lane.failure(), session.server(), session.volume().name(), lane.failedOffset());
      }
    }
  }
}
