package io.dsa.cli;

import io.dsa.client.CompletionHandler;
import io.dsa.client.DsaClient;
import io.dsa.client.IoQueue;
import io.dsa.client.IoStatus;
import io.dsa.client.RegisteredBuffer;
import io.dsa.client.Volume;
import java.lang.foreign.MemorySegment;
import java.time.Duration;

/** One queue of {@code dsa bench}, kept as full as the plan says. Confined to one thread. */
final class BenchLane implements CompletionHandler, AutoCloseable {
  private static final int NONE = -1;

  private final BenchPlan plan;
  private final BenchLoad load;
  private final IoQueue queue;
  private final RegisteredBuffer memory;
  private final MemorySegment[] blocks;
  private final int[] free;
  private final long[] started;
  private final long[] places;
  private final boolean[] writes;
  private final BenchMeter[] meters;

  private int freeCount;

  /** Of what begins: until something is measured, one that nobody reads. */
  private BenchMeter meter = new BenchMeter();

  private long polledAt;
  private boolean timed;
  private IoStatus failure = IoStatus.OK;
  private long failedOffset;

  /** The slot whose request did not fit the queue. */
  private int pending = NONE;

  BenchLane(BenchPlan plan, BenchLoad load, DsaClient client, Volume volume) {
    this.plan = plan;
    this.load = load;
    this.freeCount = plan.depth();
    this.free = new int[plan.depth()];
    this.started = new long[plan.depth()];
    this.places = new long[plan.depth()];
    this.writes = new boolean[plan.depth()];
    this.meters = new BenchMeter[plan.depth()];
    this.blocks = new MemorySegment[plan.depth()];
    this.memory = client.allocate((long) plan.depth() * plan.blockBytes());
    try {
      this.queue = volume.openQueue(plan.depth());
    } catch (RuntimeException e) {
      memory.close();
      throw e;
    }
    for (int slot = 0; slot < plan.depth(); slot++) {
      free[slot] = slot;
      blocks[slot] = memory.memory().asSlice(start(slot), plan.blockBytes());
    }
  }

  private long start(int slot) {
    return (long) slot * plan.blockBytes();
  }

  /** Requests that begin from now on are recorded there; nothing is until this is called. */
  void recordIn(BenchMeter measured) {
    meter = measured;
  }

  /**
   * Asks for more, until the queue is full.
   *
   * @param most requests at most
   * @return how many were asked for
   */
  int fill(int most) {
    if (pending != NONE && !post(pending)) {
      return 0;
    }
    int asked = 0;
    while (freeCount > 0 && asked < most && failure == IoStatus.OK) {
      long place = load.next();
      if (place == BenchLoad.NONE) {
        break;
      }
      asked++;
      if (!begin(free[--freeCount], place)) {
        break;
      }
    }
    return asked;
  }

  private boolean begin(int slot, long place) {
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
    started[slot] = System.nanoTime();
    return post(slot);
  }

  /** Whether the queue took the slot's request; a block over many extents may have to wait. */
  private boolean post(int slot) {
    long offset = load.offset(places[slot]);
    IoStatus status = request(slot, offset);
    if (status == IoStatus.QUEUE_FULL) {
      pending = slot;
      return false;
    }
    pending = NONE;
    fail(status, offset);
    return true;
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

  /** Takes what has completed. */
  int poll() {
    timed = false;
    return queue.poll(this);
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
    }
    int slot = (int) token;
    fail(status, load.offset(places[slot]));
    if (failure == IoStatus.OK) {
      end(slot);
    }
  }

  private void end(int slot) {
    free[freeCount++] = slot;
    meters[slot].record(writes[slot], started[slot], polledAt);
    if (writes[slot]) {
      load.endWrite(places[slot], plan.mode().isDurable());
    } else {
      load.endRead(places[slot], blocks[slot]);
    }
  }

  int inFlight() {
    return plan.depth() - freeCount;
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
