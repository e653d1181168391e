package io.dsa.client;

import java.util.Objects;

/**
 * Pieces of one vectored request: ranges of the volume, and of buffers, that move together and
 * complete once. Reusable as soon as the request was taken; confined to one thread.
 */
public final class IoVector {
  private final long[] offsets;
  private final RegisteredBuffer[] buffers;
  private final long[] bufferOffsets;
  private final int[] lengths;
  private int size;

  /**
   * Makes an empty vector.
   *
   * @param capacity pieces at most, 1 to {@link IoQueue#MAX_DEPTH}
   */
  public IoVector(int capacity) {
    if (capacity < 1 || capacity > IoQueue.MAX_DEPTH) {
      throw new IllegalArgumentException(
          "a vector of " + capacity + " pieces, not within 1 to " + IoQueue.MAX_DEPTH);
    }
    offsets = new long[capacity];
    buffers = new RegisteredBuffer[capacity];
    bufferOffsets = new long[capacity];
    lengths = new int[capacity];
  }

  /**
   * Adds a piece. Whether its ranges exist is looked at when the request is made.
   *
   * @param offset in the volume, bytes
   * @param bufferOffset in the buffer, bytes
   * @param length in bytes
   * @return this
   * @throws IllegalStateException when the vector is full
   */
  public IoVector add(long offset, RegisteredBuffer buffer, long bufferOffset, int length) {
    if (size == lengths.length) {
      throw new IllegalStateException("the vector has its " + size + " pieces already");
    }
    buffers[size] = Objects.requireNonNull(buffer, "buffer");
    offsets[size] = offset;
    bufferOffsets[size] = bufferOffset;
    lengths[size] = length;
    size++;
    return this;
  }

  /** Empties the vector, and lets go of its buffers. */
  public void clear() {
    while (size > 0) {
      buffers[--size] = null;
    }
  }

  /** Pieces in it. */
  public int size() {
    return size;
  }

  long offset(int piece) {
    return offsets[piece];
  }

  RegisteredBuffer buffer(int piece) {
    return buffers[piece];
  }

  long bufferOffset(int piece) {
    return bufferOffsets[piece];
  }

  int length(int piece) {
    return lengths[piece];
  }
}
