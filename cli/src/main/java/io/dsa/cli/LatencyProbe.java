package io.dsa.cli;

import io.dsa.client.CompletionHandler;
import io.dsa.client.DsaClient;
import io.dsa.client.IoQueue;
import io.dsa.client.IoStatus;
import io.dsa.client.RegisteredBuffer;
import io.dsa.client.Volume;
import java.util.SplittableRandom;
import org.HdrHistogram.Histogram;

/** Times single requests of 4 KiB at random places, one in flight. Confined to one thread. */
final class LatencyProbe implements AutoCloseable {
  static final int BLOCK_BYTES = 4096;

  private static final int DEPTH = 4;
  private static final int MOST_BLOCKS = 256;
  private static final int DIGITS = 3;

  private final String server;
  private final Volume volume;
  private final RegisteredBuffer memory;
  private final IoQueue queue;
  private final long blocks;
  private final Last last = new Last();

  /** What completed last. */
  private static final class Last implements CompletionHandler {
    private long token = -1;
    private IoStatus status = IoStatus.OK;

    @Override
    public void completed(long completedToken, IoStatus completedStatus) {
      token = completedToken;
      // Of a write and its flush, the first failure is the one to report.
      status = status == IoStatus.OK ? completedStatus : status;
    }
  }

  private interface Operation {
    void run(long block, long token);
  }

  LatencyProbe(String server, DsaClient client, Volume volume) {
    this.server = server;
    this.volume = volume;
    this.blocks = volume.bytes() / BLOCK_BYTES;
    if (blocks == 0) {
      throw new CliException(
          ExitCode.INVALID,
          "volume " + volume.name() + " is smaller than the " + BLOCK_BYTES + " bytes to measure");
    }
    this.memory = client.allocate((long) MOST_BLOCKS * BLOCK_BYTES);
    try {
      this.queue = volume.openQueue(DEPTH);
    } catch (RuntimeException e) {
      memory.close();
      throw e;
    }
  }

  Json.Latency reads(int count) {
    return measure("read", count, blocks, (block, token) -> read(block, 0, token));
  }

  /** Writes the bytes back that it has read before, so that the volume stays as it is. */
  Json.Latency writes(int count) {
    long kept = Math.min(MOST_BLOCKS, blocks);
    for (long block = 0; block < kept; block++) {
      read(block, block * BLOCK_BYTES, block);
    }
    return volume.durability().isPresent()
        ? measure("durable write", count, kept, this::writeDurably)
        : measure("volatile write", count, kept, this::write);
  }

  private Json.Latency measure(String name, int count, long range, Operation operation) {
    SplittableRandom random = new SplittableRandom(range);
    Histogram histogram = new Histogram(DIGITS);
    for (long token = -count; token < count; token++) {
      long block = random.nextLong(range);
      long start = System.nanoTime();
      operation.run(block, token);
      // What has a negative token was for warming up.
      if (token >= 0) {
        histogram.recordValue(System.nanoTime() - start);
      }
    }
    return new Json.Latency(
        name,
        histogram.getTotalCount(),
        histogram.getValueAtPercentile(50) / 1e3,
        histogram.getMean() / 1e3,
        histogram.getValueAtPercentile(99) / 1e3,
        histogram.getMaxValue() / 1e3);
  }

  private void read(long block, long bufferOffset, long token) {
    check(queue.read(block * BLOCK_BYTES, memory, bufferOffset, BLOCK_BYTES, token), block);
    await(token, block);
  }

  private void write(long block, long token) {
    long offset = block * BLOCK_BYTES;
    check(queue.write(offset, memory, offset, BLOCK_BYTES, token), block);
    await(token, block);
  }

  private void writeDurably(long block, long token) {
    long offset = block * BLOCK_BYTES;
    check(queue.write(offset, memory, offset, BLOCK_BYTES, Long.MIN_VALUE), block);
    check(queue.flush(offset, BLOCK_BYTES, token), block);
    await(token, block);
  }

  /** Spins: a wake-up would be a good part of what is measured. */
  private void await(long token, long block) {
    long deadline = System.nanoTime() + BlockRing.SILENCE.toNanos();
    do {
      while (queue.poll(last) == 0) {
        if (System.nanoTime() - deadline > 0) {
          throw new CliException(
              ExitCode.TIMED_OUT, "server " + server + ": does not answer any more; is it up?");
        }
        Thread.onSpinWait();
      }
      check(last.status, block);
    } while (last.token != token);
  }

  private void check(IoStatus status, long block) {
    if (status != IoStatus.OK) {
      throw StatusFailure.of(status, server, volume.name(), block * BLOCK_BYTES);
    }
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
