package io.dsa.cli;

import io.dsa.client.CompletionHandler;
import io.dsa.client.IoQueue;
import io.dsa.client.IoStatus;
import io.dsa.client.RegisteredBuffer;
import java.lang.foreign.MemorySegment;
import java.time.Duration;

/**
 * One queue of {@code dsa bench}, kept as full as the plan says. Confined to one thread.
 *
 * <p>As long as there is more to ask for, one request more than is to be in flight is prepared. It
 * is posted at the moment that another one completes; only then that one's time is recorded and
 * what it brought is looked at. The time from a completion to the next request is part of what the
 * queue can do, and how long the benchmark takes over its own accounts is not.
 *
 * <p>Where the thread spins, the queue holds the prepared request already and posts it in the same
 * call that finds the other one complete. Both times are then taken once, when that call returns:
 * one request's time ends where the next one's begins, and none is left out. Where the thread
 * sleeps, or the queue has no place more, a request's time runs from asking for it.
 */
final class BenchLane implements CompletionHandler, AutoCloseable {
  private static final int NONE = -1;

  private final BenchPlan plan;
  private final BenchLoad load;
  private final BenchQuota quota;
  private final IoQueue queue;
  private final RegisteredBuffer memory;
  private final MemorySegment[] blocks;
  private final int[] free;
  private final long[] started;
  private final long[] places;
  private final boolean[] writes;
  private final BenchMeter[] meters;

  private int freeCount;
  private int inFlight;

  /** The slot of the request that is prepared. */
  private int ready = NONE;

  /** Whether the queue has it already and only the doorbell is missing. */
  private boolean held;

  /** Whether the queue is to ring that by itself as soon as something completes. */
  private boolean chained;

  /** Of what begins. */
  private BenchMeter meter;

  private long polledAt;
  private boolean timed;
  private IoStatus failure = IoStatus.OK;
  private long failedOffset;

  /**
   * Opens a queue.
   *
   * @param quota of what this lane and the others of its thread begin
   * @param meter of what is prepared until {@link #recordIn}
   */
  BenchLane(
      BenchPlan plan, BenchLoad load, BenchQuota quota, BenchMeter meter, BenchSession session) {
    this.plan = plan;
    this.load = load;
    this.quota = quota;
    this.meter = meter;
    int slots = plan.slots();
    this.freeCount = slots;
    this.free = new int[slots];
    this.started = new long[slots];
    this.places = new long[slots];
    this.writes = new boolean[slots];
    this.meters = new BenchMeter[slots];
    this.blocks = new MemorySegment[slots];
    this.memory = session.allocate((long) slots * plan.blockBytes());
    try {
      this.queue = session.volume().openQueue(plan.queueDepth());
    } catch (RuntimeException e) {
      memory.close();
      throw e;
    }
    for (int slot = 0; slot < slots; slot++) {
      free[slot] = slot;
      blocks[slot] = memory.memory().asSlice(start(slot), plan.blockBytes());
    }
  }

  private long start(int slot) {
    return (long) slot * plan.blockBytes();
  }

  /** Requests that are prepared from now on are recorded there. */
  void recordIn(BenchMeter measured) {
    meter = measured;
  }

  /** Begins requests until the queue is full or nothing more is to begin, and prepares one. */
  void fill() {
    boolean posted = true;
    while (posted && failure == IoStatus.OK && inFlight < plan.depth() && isReady()) {
      posted = postReady();
    }
    prepare();
  }

  private boolean isReady() {
    prepare();
    return ready != NONE;
  }

  private void prepare() {
    if (ready != NONE || failure != IoStatus.OK || !quota.isLeft()) {
      return;
    }
    long place = load.next();
    if (place == BenchLoad.NONE) {
      return;
    }
    quota.take();
    int slot = free[--freeCount];
    boolean write = load.isWrite(place);
    places[slot] = place;
    writes[slot] = write;
    meters[slot] = meter;
    // Filling and checking blocks is the benchmark's own work, no part of the request.
    if (write) {
      load.beginWrite(place, blocks[slot]);
    } else {
      load.beginRead(place, blocks[slot]);
    }
    ready = slot;
    // Going to sleep would post it at once, as one too many.
    if (plan.waiting() == BenchPlan.Wait.SPIN) {
      held = hold(slot);
    }
  }

  /** Whether the queue took it. */
  private boolean postReady() {
    long now = System.nanoTime();
    if (!held && !hold(ready)) {
      return false;
    }
    // What that says comes with the request's completion as well.
    queue.submit();
    begin(now);
    return true;
  }

  /** The one that is prepared is on its way. */
  private void begin(long now) {
    started[ready] = now;
    ready = NONE;
    held = false;
    chained = false;
    inFlight++;
  }

  /** Whether the queue has taken it; a block over many extents may have to wait for room. */
  private boolean hold(int slot) {
    long offset = load.offset(places[slot]);
    queue.beginBatch();
    IoStatus status = request(slot, offset);
    if (status != IoStatus.QUEUE_FULL) {
      fail(status, offset);
    }
    return status == IoStatus.OK;
  }

  private IoStatus request(int slot, long offset) {
    if (!writes[slot]) {
      return queue.read(offset, memory, start(slot), plan.blockBytes(), slot);
    }
    return plan.mode().isDurable()
        ? queue.writeDurable(offset, memory, start(slot), plan.blockBytes(), slot)
        : queue.write(offset, memory, start(slot), plan.blockBytes(), slot);
  }

  private void fail(IoStatus status, long offset) {
    if (failure == IoStatus.OK && status != IoStatus.OK) {
      failure = status;
      failedOffset = offset;
    }
  }

  /** Takes what has completed, looking up to so many times for the first. */
  int poll(int times) {
    timed = false;
    if (held && !chained) {
      chained = true;
      queue.submitOnCompletion();
    }
    return queue.poll(this, times);
  }

  /** Sleeps until something completes, or the time's end. */
  int await(Duration timeout) {
    timed = false;
    return queue.await(this, timeout);
  }

  @Override
  public void completed(long token, IoStatus status) {
    if (!timed) {
      // All that one poll finds is complete at the same moment.
      polledAt = System.nanoTime();
      timed = true;
      if (chained) {
        begin(polledAt);
      }
    }
    int slot = (int) token;
    if (slot == ready) {
      // Never posted: the queue has ended.
      ready = NONE;
      held = false;
    } else {
      inFlight--;
    }
    fail(status, load.offset(places[slot]));
    if (failure == IoStatus.OK) {
      if (ready != NONE) {
        postReady();
      }
      end(slot);
      prepare();
    }
  }

  private void end(int slot) {
    meters[slot].record(writes[slot], started[slot], polledAt);
    if (writes[slot]) {
      load.endWrite(places[slot], plan.mode().isDurable());
    } else {
      load.endRead(places[slot], blocks[slot]);
    }
    free[freeCount++] = slot;
  }

  int inFlight() {
    return inFlight;
  }

  /** The first status that was not OK, or OK. */
  IoStatus failure() {
    return failure;
  }

  /** Where in the volume that was. */
  long failedOffset() {
    return failedOffset;
  }

  @Override
  public void close() {
    try (memory) {
      // Then nothing reaches the memory any more; a poll ends what was in flight on it.
      queue.close();
      queue.poll((token, status) -> {});
    }
  }
}
