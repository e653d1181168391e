package io.dsa.client;

import java.lang.foreign.MemorySegment;

/**
 * The pieces of requests that one lane has in flight, and for each a place in the lane's bounce
 * memory. A piece is named by its number, which is the token of its request on the queue. Confined
 * to the lane.
 */
final class Pieces {
  private final LaneRequest[] requests;
  private final long[] offsets;
  private final int[] lengths;
  private final int[] free;
  private int freeCount;
  private final int bytes;

  /**
   * All of them free.
   *
   * @param count pieces
   * @param bytes bounce memory of each, a multiple of 8
   */
  Pieces(int count, int bytes) {
    this.requests = new LaneRequest[count];
    this.offsets = new long[count];
    this.lengths = new int[count];
    this.free = new int[count];
    this.bytes = bytes;
    for (int i = 0; i < count; i++) {
      free[i] = count - 1 - i;
    }
    freeCount = count;
  }

  boolean isFull() {
    return freeCount == 0;
  }

  /** Bounce memory of each. */
  int bytes() {
    return bytes;
  }

  /** The next one to take. */
  int peek() {
    return free[freeCount - 1];
  }

  /** Where the bounce memory of a piece is in that of the lane. */
  long bounceOffset(int piece) {
    return (long) piece * bytes;
  }

  /**
   * Takes the one that {@link #peek} named.
   *
   * @param offset of the piece in the request
   */
  void take(LaneRequest request, long offset, int length) {
    int piece = free[--freeCount];
    requests[piece] = request;
    offsets[piece] = offset;
    lengths[piece] = length;
    request.outstanding++;
  }

  LaneRequest request(int piece) {
    return requests[piece];
  }

  /** Copies what was read from the bounce memory to the user's. */
  void copyOut(int piece, MemorySegment bounce, MemorySegment memory) {
    MemorySegment.copy(bounce, bounceOffset(piece), memory, offsets[piece], lengths[piece]);
  }

  void give(int piece) {
    requests[piece].outstanding--;
    requests[piece] = null;
    free[freeCount++] = piece;
  }
}
