package io.dsa.client;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A volume as a channel. Its size is that of the volume and never changes. Thread-safe; reads and
 * writes at its position come one at a time. What the volume throws as a {@link DsaException} is
 * the cause of an {@link IOException} here.
 */
public final class VolumeChannel implements SeekableByteChannel {
  private final Volume volume;
  private final ReentrantLock lock = new ReentrantLock();
  private long position;
  private volatile boolean closed;

  VolumeChannel(Volume volume) {
    this.volume = volume;
  }

  /** A request to the volume. */
  private interface Request {
    void run();
  }

  private static void run(Request request) throws IOException {
    try {
      request.run();
    } catch (DsaException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private void checkOpen() throws ClosedChannelException {
    if (closed) {
      throw new ClosedChannelException();
    }
  }

  /**
   * Reads what remains in the buffer, or as much as there is before the volume's end.
   *
   * @return the number of bytes, or -1 at the end
   */
  @Override
  public int read(ByteBuffer target) throws IOException {
    lock.lock();
    try {
      checkOpen();
      if (target.isReadOnly()) {
        throw new IllegalArgumentException("a read into a buffer that is read-only");
      }
      long left = volume.bytes() - position;
      if (left <= 0) {
        return -1;
      }
      int length = (int) Math.min(left, target.remaining());
      if (length > 0) {
        ByteBuffer part = target.slice(target.position(), length);
        long at = position;
        run(() -> volume.read(at, part));
        target.position(target.position() + length);
        position += length;
      }
      return length;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Writes all that remains in the buffer; it is visible to readers then, and durable after {@link
   * #force}.
   *
   * @throws IOException with nothing written, if that goes past the end of the volume
   * @throws NonWritableChannelException if the volume is open for reading only
   */
  @Override
  public int write(ByteBuffer source) throws IOException {
    lock.lock();
    try {
      checkOpen();
      if (!volume.isWritable()) {
        throw new NonWritableChannelException();
      }
      int length = source.remaining();
      if (length > volume.bytes() - position) {
        throw new IOException(
            "no room for "
                + length
                + " bytes at position "
                + position
                + " of volume "
                + volume.name()
                + ", which has "
                + volume.bytes()
                + " and does not grow by being written");
      }
      if (length > 0) {
        long at = position;
        run(() -> volume.write(at, source));
        position += length;
      }
      return length;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public long position() throws IOException {
    lock.lock();
    try {
      checkOpen();
      return position;
    } finally {
      lock.unlock();
    }
  }

  /** Moves to a position, which may be past the end: there is nothing to read and no room there. */
  @Override
  public VolumeChannel position(long newPosition) throws IOException {
    if (newPosition < 0) {
      throw new IllegalArgumentException("position " + newPosition + " is negative");
    }
    lock.lock();
    try {
      checkOpen();
      position = newPosition;
      return this;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public long size() throws IOException {
    checkOpen();
    return volume.bytes();
  }

  /**
   * Does nothing where the size is the volume's.
   *
   * @throws UnsupportedOperationException for another size
   */
  @Override
  public VolumeChannel truncate(long size) throws IOException {
    checkOpen();
    if (size != volume.bytes()) {
      throw new UnsupportedOperationException(
          "volume "
              + volume.name()
              + " has "
              + volume.bytes()
              + " bytes and cannot be made "
              + size
              + " through a channel; DsaAdmin.resizeVolume changes it");
    }
    return this;
  }

  /**
   * Makes durable what was written to the volume, not only through this channel.
   *
   * @throws IOException if the volume is volatile or open for reading only, or if a write is not
   *     known to be durable, which the cause tells of
   */
  public void force() throws IOException {
    checkOpen();
    run(volume::flush);
  }

  @Override
  public boolean isOpen() {
    return !closed;
  }

  /** Closes the channel and leaves the volume open; it does not make anything durable. */
  @Override
  public void close() {
    closed = true;
  }
}
