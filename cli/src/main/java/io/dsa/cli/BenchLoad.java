package io.dsa.cli;

import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What one thread of {@code dsa bench} asks for, block by block, and with --verify what it must
 * find. It outlives connections. Confined to one thread at a time.
 */
final class BenchLoad {
  /** No block is left, or for now everything that may be asked for is in flight. */
  static final long NONE = -1;

  private static final int TRIES = 64;

  private final BenchPlan plan;
  private final BlockRange range;
  private final SplittableRandom random;
  private final BlockOrder order;
  private final long run;

  /** Both are null without --verify. */
  private final WrittenBlocks written;

  private final BlockStamp stamp;

  private boolean checking;
  private long nextToCheck;
  private final AtomicLong verified = new AtomicLong();

  /**
   * Starts at the beginning of its range.
   *
   * @param run tells this run's stamps from those of others
   */
  BenchLoad(BenchPlan plan, BlockRange range, long run, SplittableRandom random) {
    this.plan = plan;
    this.range = range;
    this.run = run;
    this.random = random;
    this.order = BlockOrder.of(plan.order(), range.count(), random);
    this.written = plan.verify() ? new WrittenBlocks((int) range.count()) : null;
    this.stamp = plan.verify() ? new BlockStamp(plan.blockBytes(), random.split()) : null;
  }

  /** From now on only reads back what was written; {@link #next} ends when all of it is checked. */
  void beginCheck() {
    checking = true;
    nextToCheck = 0;
  }

  /** The place of the next block, which nothing is in flight on where blocks are verified. */
  long next() {
    if (checking) {
      while (nextToCheck < range.count() && !written.isWritten(nextToCheck)) {
        nextToCheck++;
      }
      return nextToCheck < range.count() ? nextToCheck++ : NONE;
    }
    if (written == null) {
      return order.next();
    }
    for (int i = 0; i < TRIES; i++) {
      long place = order.next();
      if (written.isIdle(place)) {
        return place;
      }
    }
    return NONE;
  }

  boolean isWrite(long place) {
    return !checking
        && switch (plan.mode()) {
          case READ -> false;
          case WRITE, DURABLE_WRITE, DURABLE_APPEND -> true;
          // With --verify a block is written before it is read.
          case MIXED ->
              random.nextInt(100) >= plan.readPercent()
                  || (written != null && !written.isWritten(place));
        };
  }

  /** Where the block is in the volume, bytes. */
  long offset(long place) {
    return (range.first() + place) * plan.blockBytes();
  }

  /** Fills the memory that a write takes its bytes from. */
  void beginWrite(long place, MemorySegment memory) {
    if (written != null) {
      stamp.write(memory, offset(place), written.writing(place), run);
    }
  }

  void endWrite(long place, boolean isDurable) {
    if (written != null) {
      written.written(place, isDurable);
    }
  }

  /** Sees to it that bytes which never arrive are noticed. */
  void beginRead(long place, MemorySegment memory) {
    if (written != null) {
      written.reading(place);
      stamp.poison(memory);
    }
  }

  /**
   * Ends a read.
   *
   * @throws CliException if the bytes are not what they must be
   */
  void endRead(long place, MemorySegment memory) {
    if (written != null) {
      written.read(place);
      String fault = fault(place, memory);
      if (fault != null) {
        throw new CliException(
            ExitCode.CORRUPT, "wrong data: the block at offset " + offset(place) + " " + fault);
      }
      verified.setOpaque(verified.getPlain() + 1);
    }
  }

  private String fault(long place, MemorySegment memory) {
    String fault = stamp.fault(memory, offset(place));
    boolean ours = fault == null && stamp.run(memory) == run;
    if (ours) {
      long generation = stamp.generation(memory);
      return written.isPossible(place, generation)
          ? null
          : "has generation " + generation + ", expected was " + written.expected(place);
    }
    if (!written.isPossible(place, 0)) {
      return (fault == null ? "holds the stamp of another run" : fault)
          + "; expected was "
          + written.expected(place);
    }
    // What was there before this run: whole, or never written at all.
    return fault == null || plan.mode().writes() || stamp.isBlank(memory) ? null : fault;
  }

  /** The requests that were in flight are lost. */
  void disconnected() {
    if (written != null) {
      written.disconnected();
    }
    nextToCheck = 0;
  }

  /** Another instance of the server answers. */
  void restarted() {
    if (written != null) {
      written.restarted();
    }
  }

  /** Blocks that were read and found right; from any thread. */
  long verified() {
    return verified.getOpaque();
  }
}
