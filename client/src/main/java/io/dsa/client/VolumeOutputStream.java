package io.dsa.client;

import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Writes a volume in order, some blocks at a time and behind the caller. Not thread-safe. Once a
 * write has failed, everything fails with that.
 */
final class VolumeOutputStream extends OutputStream {
  static final int BLOCK = 256 << 10;
  static final int BLOCKS = 4;

  private final Volume volume;
  private final long start;
  private final Deque<CompletableFuture<Void>> behind = new ArrayDeque<>();
  private byte[] current = new byte[BLOCK];
  private int filled;

  /** Where {@code current} begins in the volume. */
  private long offset;

  private IOException failure;
  private boolean closed;

  VolumeOutputStream(Volume volume, long offset) {
    this.volume = volume;
    this.start = offset;
    this.offset = offset;
  }

  @Override
  public void write(int value) throws IOException {
    write(new byte[] {(byte) value}, 0, 1);
  }

  /**
   * Takes the bytes.
   *
   * @throws IOException with none of them taken, if they go past the end of the volume
   */
  @Override
  public void write(byte[] source, int from, int length) throws IOException {
    Objects.checkFromIndexSize(from, length, source.length);
    check();
    if (length > volume.bytes() - offset - filled) {
      throw new IOException(
          "no room for "
              + length
              + " bytes at offset "
              + (offset + filled)
              + " of volume "
              + volume.name()
              + ", which has "
              + volume.bytes());
    }
    int taken = 0;
    while (taken < length) {
      int count = Math.min(length - taken, BLOCK - filled);
      System.arraycopy(source, from + taken, current, filled, count);
      filled += count;
      taken += count;
      if (filled == BLOCK) {
        writeBlock();
      }
    }
  }

  private void writeBlock() throws IOException {
    while (behind.size() >= BLOCKS) {
      awaitOldest();
    }
    byte[] block = filled == BLOCK ? current : Arrays.copyOf(current, filled);
    try {
      behind.add(volume.writeAsync(offset, block));
    } catch (DsaException | IllegalStateException e) {
      throw failed(e);
    }
    offset += filled;
    current = new byte[BLOCK];
    filled = 0;
  }

  private void awaitOldest() throws IOException {
    try {
      behind.poll().join();
    } catch (CompletionException e) {
      throw failed(e.getCause());
    }
  }

  private IOException failed(Throwable why) {
    failure = new IOException(why.getMessage(), why);
    return failure;
  }

  private void check() throws IOException {
    if (closed) {
      throw new IOException("the stream is closed");
    }
    if (failure != null) {
      throw new IOException(failure.getMessage(), failure);
    }
  }

  /** Returns when all that was written is visible to readers; durable it is not yet. */
  @Override
  public void flush() throws IOException {
    check();
    if (filled > 0) {
      writeBlock();
    }
    while (!behind.isEmpty()) {
      awaitOldest();
    }
  }

  /** As {@link #flush}, and makes it durable where the volume can be. */
  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    try {
      flush();
      if (offset > start && volume.durability().isPresent()) {
        volume.flush(start, offset - start);
      }
    } catch (DsaException e) {
      throw failed(e);
    } finally {
      closed = true;
    }
  }
}
