package io.dsa.client;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** The bytes of a volume in order; some blocks ahead are on their way. Not thread-safe. */
final class VolumeInputStream extends InputStream {
  static final int BLOCK = 256 << 10;
  static final int BLOCKS = 4;

  private record Block(byte[] bytes, CompletableFuture<Void> arriving) {}

  private final Volume volume;
  private final Deque<Block> ahead = new ArrayDeque<>();

  /** Where the next block to be asked for begins. */
  private long next;

  private byte[] current = {};
  private int position;
  private boolean closed;

  /** What came instead of a block; those behind it would leave a gap. */
  private IOException failure;

  VolumeInputStream(Volume volume, long offset) {
    this.volume = volume;
    this.next = offset;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, target.length);
    checkOpen();
    if (length == 0) {
      return 0;
    }
    if (position == current.length && !advance()) {
      return -1;
    }
    int count = Math.min(length, current.length - position);
    System.arraycopy(current, position, target, offset, count);
    position += count;
    return count;
  }

  @Override
  public long skip(long count) throws IOException {
    checkOpen();
    long left = Math.max(0, Math.min(count, remaining()));
    long toSkip = left;
    while (toSkip > 0 && position + toSkip > current.length) {
      toSkip -= current.length - position;
      if (ahead.isEmpty()) {
        // What was not asked for need not come.
        next += toSkip;
        toSkip = 0;
        current = new byte[0];
        position = 0;
      } else {
        Block block = ahead.poll();
        await(block);
        current = block.bytes();
        position = 0;
      }
    }
    position += (int) toSkip;
    return left;
  }

  private long remaining() {
    long coming = ahead.stream().mapToLong(block -> block.bytes().length).sum();
    return current.length - position + coming + volume.bytes() - next;
  }

  @Override
  public int available() throws IOException {
    checkOpen();
    return current.length - position;
  }

  /** Takes the next block; says whether there was one. */
  private boolean advance() throws IOException {
    try {
      while (ahead.size() < BLOCKS && next < volume.bytes()) {
        byte[] bytes = new byte[(int) Math.min(BLOCK, volume.bytes() - next)];
        ahead.add(new Block(bytes, volume.readAsync(next, bytes)));
        next += bytes.length;
      }
    } catch (DsaException e) {
      throw new IOException(e.getMessage(), e);
    }
    Block block = ahead.poll();
    if (block == null) {
      return false;
    }
    await(block);
    current = block.bytes();
    position = 0;
    return true;
  }

  private void await(Block block) throws IOException {
    try {
      block.arriving().join();
    } catch (CompletionException e) {
      failure = new IOException(e.getCause().getMessage(), e.getCause());
      throw failure;
    }
  }

  private void checkOpen() throws IOException {
    if (closed) {
      throw new IOException("the stream is closed");
    }
    if (failure != null) {
      throw new IOException(failure.getMessage(), failure);
    }
  }

  /** Drops what is on its way. */
  @Override
  public void close() {
    closed = true;
    ahead.forEach(block -> block.arriving().cancel(false));
    ahead.clear();
  }
}
