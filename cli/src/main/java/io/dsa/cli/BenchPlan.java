package io.dsa.cli;

import io.dsa.client.IoQueue;
import io.dsa.sal.ByteSize;
import io.dsa.sal.Pool;
import java.time.Duration;
import java.util.OptionalLong;

/**
 * What one run of {@code dsa bench} is to do. Immutable.
 *
 * @param readPercent the share of reads where {@code mode} is MIXED
 * @param blockBytes moved by each request
 * @param depth requests in flight on each queue
 * @param queues queue pairs of each thread
 * @param operations where a run is to end by count, how many in total, warming up apart
 * @param reconnect how long a lost server is waited for; zero ends the run at once
 */
record BenchPlan(
    BenchMode mode,
    Order order,
    Wait waiting,
    int readPercent,
    int blockBytes,
    int depth,
    int threads,
    int queues,
    Duration warmUp,
    Duration duration,
    OptionalLong operations,
    boolean verify,
    Duration reconnect) {
  static final int MOST_THREADS = 64;
  static final int MOST_QUEUES = 64;
  static final int MOST_BLOCK_BYTES = 1 << 30;

  /** The largest block, and one to go out next. */
  static final long MOST_BUFFER_BYTES = 2L * MOST_BLOCK_BYTES;

  /** In which order blocks are visited. */
  enum Order {
    RANDOM,
    SEQUENTIAL
  }

  /** How a thread waits for completions. */
  enum Wait {
    /** It polls, which takes a whole CPU. */
    SPIN,
    /** It sleeps until the device wakes it. */
    BLOCK
  }

  /**
   * Refuses what makes no sense, whatever the volume.
   *
   * @throws IllegalArgumentException says which option, in one line
   */
  BenchPlan {
    within("--block", blockBytes, 1, MOST_BLOCK_BYTES);
    within("--depth", depth, 1, IoQueue.MAX_DEPTH);
    within("--threads", threads, 1, MOST_THREADS);
    within("--queues", queues, 1, MOST_QUEUES);
    within("--read-percent", readPercent, 1, 99);
    operations.ifPresent(count -> within("--ops", count, 1, Long.MAX_VALUE));
    if (mode == BenchMode.DURABLE_APPEND && order == Order.RANDOM) {
      refuse("--mode durable-append writes one block behind the other: --order random does not go");
    }
    if (verify && (blockBytes < BlockStamp.LEAST_BYTES || blockBytes % Long.BYTES != 0)) {
      refuse(
          "--verify needs --block to be a multiple of 8 and at least "
              + BlockStamp.LEAST_BYTES
              + ", not "
              + blockBytes);
    }
    long buffers = (long) threads * queues * slots(depth) * blockBytes;
    if (buffers > MOST_BUFFER_BYTES) {
      refuse(
          "--block, --depth, --threads and --queues together need "
              + ByteSize.format(buffers)
              + " of registered memory, more than "
              + ByteSize.format(MOST_BUFFER_BYTES));
    }
  }

  private static void within(String option, long value, long least, long most) {
    if (value < least || value > most) {
      refuse(option + " is " + value + ", not within " + least + " to " + most);
    }
  }

  private static void refuse(String why) {
    throw new IllegalArgumentException(why);
  }

  private static int slots(int depth) {
    return depth + 1;
  }

  /** Blocks of memory of each queue: what is in flight, and one to go out next. */
  int slots() {
    return slots(depth);
  }

  /**
   * How deep a queue is: it must take one block at least, wherever that is. A block has a piece in
   * each extent that it reaches into, which is written and where it is durable flushed, and there
   * is room for both in each place of a queue.
   */
  int queueDepth() {
    int pieces = (int) (blockBytes / Pool.EXTENT_UNIT) + 2;
    return Math.min(Math.max(slots(), pieces), IoQueue.MAX_DEPTH);
  }

  /** How many measured requests a thread ends after. */
  long operationsOf(int thread) {
    if (operations.isEmpty()) {
      return Long.MAX_VALUE;
    }
    long all = operations.getAsLong();
    return all / threads + (thread < all % threads ? 1 : 0);
  }

  /**
   * The blocks of one thread: threads have a part of the volume each, so that what one reads is
   * what it has written itself.
   *
   * @throws CliException where the volume is too small for the plan
   */
  BlockRange rangeOf(int thread, String volume, long volumeBytes) {
    long blocks = volumeBytes / blockBytes;
    long needed = verify ? (long) threads * queues * slots() : threads;
    if (blocks < needed) {
      throw new CliException(
          ExitCode.INVALID,
          "volume "
              + volume
              + " has "
              + volumeBytes
              + " bytes, which is room for "
              + blocks
              + " blocks of "
              + blockBytes
              + ", and this needs "
              + needed);
    }
    long each = blocks / threads;
    if (verify && each > WrittenBlocks.MOST_BLOCKS) {
      throw new CliException(
          ExitCode.LIMIT,
          "--verify keeps track of at most "
              + WrittenBlocks.MOST_BLOCKS
              + " blocks for each thread, and this would be "
              + each
              + ": take a larger --block or more --threads");
    }
    return new BlockRange(thread * each, each);
  }
}
