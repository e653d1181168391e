package io.dsa.cli;

import io.dsa.client.DsaClient;
import io.dsa.client.IoQueue;
import io.dsa.client.IoStatus;
import io.dsa.client.RegisteredBuffer;
import io.dsa.client.Volume;
import java.nio.ByteBuffer;
import java.time.Duration;

/**
 * Blocks of registered memory that move through one queue and are given back in the order in which
 * they were asked for, so that a file is read and written sequentially while RDMA is in flight.
 * Confined to one thread.
 */
final class BlockRing implements AutoCloseable {
  static final int BLOCK_BYTES = 1 << 20;

  /**
   * Far longer than a block takes, and short enough for an error within ten seconds: to close what
   * does not answer takes up to three.
   */
  static final Duration SILENCE = Duration.ofSeconds(6);

  private static final long FLUSH_BYTES = 64L << 20;
  private static final long FLUSH_TOKEN = -1;

  private final String server;
  private final Volume volume;
  private final RegisteredBuffer memory;
  private final IoQueue queue;
  private final int[] lengths;
  private final boolean[] done;

  /** Blocks asked for and blocks given back since the beginning; the difference is in flight. */
  private long asked;

  private long returned;
  private int flushes;

  BlockRing(String server, DsaClient client, Volume volume, int blocks) {
    this.server = server;
    this.volume = volume;
    this.lengths = new int[blocks];
    this.done = new boolean[blocks];
    this.memory = client.allocate((long) blocks * BLOCK_BYTES);
    try {
      this.queue = volume.openQueue(blocks);
    } catch (RuntimeException e) {
      memory.close();
      throw e;
    }
  }

  boolean isFull() {
    return asked - returned == lengths.length;
  }

  boolean isEmpty() {
    return asked == returned;
  }

  /** The memory of the block that is asked for next; only while the ring is not full. */
  ByteBuffer next() {
    return block(asked, BLOCK_BYTES);
  }

  /** Writes the next block's first bytes to the volume. */
  void write(long offset, int length) {
    check(queue.write(offset, memory, start(asked), length, asked), offset);
    ask(length);
  }

  /** Reads from the volume into the next block. */
  void read(long offset, int length) {
    check(queue.read(offset, memory, start(asked), length, asked), offset);
    ask(length);
  }

  /** Waits for the oldest block; its bytes are valid until {@link #release}. */
  ByteBuffer oldest() {
    int slot = slot(returned);
    while (!done[slot]) {
      await();
    }
    return block(returned, lengths[slot]);
  }

  void release() {
    done[slot(returned)] = false;
    returned++;
  }

  /** Returns when what was written to the first {@code bytes} is durable. */
  void flush(long bytes) {
    for (long offset = 0; offset < bytes; offset += FLUSH_BYTES) {
      long length = Math.min(FLUSH_BYTES, bytes - offset);
      IoStatus status;
      while ((status = queue.flush(offset, length, FLUSH_TOKEN)) == IoStatus.QUEUE_FULL) {
        await();
      }
      check(status, offset);
      flushes++;
    }
    while (flushes > 0) {
      await();
    }
  }

  private void ask(int length) {
    lengths[slot(asked)] = length;
    asked++;
  }

  private void await() {
    if (queue.await(this::completed, SILENCE) == 0) {
      throw new CliException(
          ExitCode.TIMED_OUT,
          "server "
              + server
              + ": nothing moved for "
              + SILENCE.toSeconds()
              + " s on volume "
              + volume.name()
              + "; is the host up?");
    }
  }

  private void completed(long token, IoStatus status) {
    if (token == FLUSH_TOKEN) {
      check(status, 0);
      flushes--;
    } else {
      check(status, token * BLOCK_BYTES);
      done[slot(token)] = true;
    }
  }

  private void check(IoStatus status, long offset) {
    if (status != IoStatus.OK) {
      throw StatusFailure.of(status, server, volume.name(), offset);
    }
  }

  private ByteBuffer block(long number, int length) {
    return memory.memory().asSlice(start(number), length).asByteBuffer();
  }

  private long start(long number) {
    return (long) slot(number) * BLOCK_BYTES;
  }

  private int slot(long number) {
    return (int) (number % lengths.length);
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
