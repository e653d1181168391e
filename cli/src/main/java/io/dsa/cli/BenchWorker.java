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

  /** While it spins: polls between two looks at the clock. */
  private static final int POLLS_A_TURN = 1024;

  /** Between two looks at what else there is than requests: at the end, and at other threads. */
  private static final long SLICE_NANOS = 2_000_000;

  private final BenchPlan plan;
  private final BenchLoad load;
  private final long operations;
  private final BenchMeter meter = new BenchMeter();

  /** Of what was begun before anything was measured, once something is. */
  private BenchMeter warmUp = new BenchMeter();

  private boolean measuring;
  private long completed;
  private int turn;

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
   * When the first measured request had the device for itself: with many in flight those that were
   * begun before are done first, and their time is not that of what is counted.
   */
  long begun(BenchClock clock) {
    return warmUp.done() == 0 ? clock.warm() : Math.max(clock.warm(), warmUp.last());
  }

  /**
   * Works over one connection, in a thread of its own.
   *
   * @param clock says when it is over; a check of what was written takes the time that it needs
   * @param halted ends it early once set
   * @throws CliException of a kind that {@link BenchRun} knows where the connection is lost
   */
  void run(BenchSession session, BenchClock clock, AtomicBoolean halted) {
    run(session, clock, halted, new BenchQuota(), new BenchMeter(), new ArrayList<>());
  }

  /** Opens one more queue, until there are as many as planned; each is closed whatever happens. */
  private void run(
      BenchSession session,
      BenchClock clock,
      AtomicBoolean halted,
      BenchQuota quota,
      BenchMeter unmeasured,
      List<BenchLane> lanes) {
    if (lanes.size() == plan.queues()) {
      drive(session, clock, halted, quota, unmeasured, lanes);
      return;
    }
    try (BenchLane lane = new BenchLane(plan, load, quota, unmeasured, session)) {
      lanes.add(lane);
      run(session, clock, halted, quota, unmeasured, lanes);
    }
  }

  private void drive(
      BenchSession session,
      BenchClock clock,
      AtomicBoolean halted,
      BenchQuota quota,
      BenchMeter unmeasured,
      List<BenchLane> lanes) {
    boolean recording = false;
    long silentSince = System.nanoTime();
    while (!halted.get()) {
      long now = System.nanoTime();
      if (!recording && clock.isWarm(now)) {
        recording = true;
        if (!measuring) {
          measuring = true;
          warmUp = unmeasured;
        }
        quota.set(operations - meter.done());
        lanes.forEach(lane -> lane.recordIn(meter));
      }
      if (clock.isOver(now)) {
        // What is prepared still goes out.
        quota.set(0);
      }
      long done = completed;
      boolean busy = keepBusy(lanes, now + SLICE_NANOS);
      check(session, lanes);
      if (!busy) {
        return;
      }
      if (completed > done) {
        silentSince = now;
      } else if (now - silentSince > BlockRing.SILENCE.toNanos()) {
        throw new CliException(
            ExitCode.TIMED_OUT,
            "server " + session.server() + ": does not answer any more; is it up?");
      }
    }
  }

  /**
   * For a slice of time, in which nothing is decided: what is compiled while warming up is then all
   * that measuring needs. A way that is first taken when measuring begins would have it thrown
   * away.
   *
   * @return false once nothing is in flight and nothing more is to begin
   */
  private boolean keepBusy(List<BenchLane> lanes, long until) {
    do {
      int inFlight = 0;
      // No iterators: thousands would be made for each request.
      for (int i = 0; i < lanes.size(); i++) {
        BenchLane lane = lanes.get(i);
        lane.fill();
        inFlight += lane.inFlight();
      }
      if (inFlight == 0) {
        return false;
      }
      turn = turn + 1 < lanes.size() ? turn + 1 : 0;
      completed += await(lanes);
    } while (System.nanoTime() - until < 0);
    return true;
  }

  /** One queue may be slept on; with several it is each one's turn. */
  private int await(List<BenchLane> lanes) {
    BenchLane next = lanes.get(turn);
    boolean spins = plan.waiting() == BenchPlan.Wait.SPIN || next.inFlight() == 0;
    if (spins && lanes.size() == 1) {
      return next.poll(POLLS_A_TURN);
    }
    int found = poll(lanes, spins ? POLLS_A_TURN : 1);
    return found > 0 || spins ? found : next.await(NAP);
  }

  /** All in turn until there is something, so many times at most. */
  private static int poll(List<BenchLane> lanes, int times) {
    int found = 0;
    for (int i = 0; i < times && found == 0; i++) {
      for (int lane = 0; lane < lanes.size(); lane++) {
        found += lanes.get(lane).poll(1);
      }
    }
    return found;
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
