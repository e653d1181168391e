package io.dsa.client;

/**
 * The requests in flight on one queue. A request id packs the place in the table with a generation,
 * so that what arrives late for an earlier request in the same place is recognised. Confined to the
 * queue's thread; nothing is allocated after construction.
 */
final class RequestTable {
  private final long[] tokens;
  private final int[] generations;
  private final int[] parts;
  private final RegisteredBuffer[] buffers;
  private final boolean[] persists;
  private final long[] offsets;
  private final long[] lengths;
  private final boolean[] live;
  private final int[] free;
  private int freeCount;

  RequestTable(int capacity) {
    tokens = new long[capacity];
    generations = new int[capacity];
    parts = new int[capacity];
    buffers = new RegisteredBuffer[capacity];
    persists = new boolean[capacity];
    offsets = new long[capacity];
    lengths = new long[capacity];
    live = new boolean[capacity];
    free = new int[capacity];
    for (int i = 0; i < capacity; i++) {
      free[i] = capacity - 1 - i;
    }
    freeCount = capacity;
  }

  int capacity() {
    return tokens.length;
  }

  int inFlight() {
    return tokens.length - freeCount;
  }

  boolean isFull() {
    return freeCount == 0;
  }

  /** Takes a free place and returns the request's id. */
  long begin(long token, int partCount, RegisteredBuffer buffer) {
    int place = free[--freeCount];
    tokens[place] = token;
    parts[place] = partCount;
    buffers[place] = buffer;
    persists[place] = false;
    live[place] = true;
    return ((long) generations[place] << Integer.SIZE) | place;
  }

  /** Notes that the request goes on with a persist call once its READ is back. */
  void continueWithPersist(long id, long offset, long length) {
    int place = (int) id;
    persists[place] = true;
    offsets[place] = offset;
    lengths[place] = length;
  }

  /** Whether the id is of a request in flight and not of an earlier one. */
  boolean isLive(long id) {
    int place = (int) id;
    return place >= 0
        && place < tokens.length
        && live[place]
        && generations[place] == (int) (id >>> Integer.SIZE);
  }

  /** The id of the request in flight in this place, or -1. */
  long idAt(int place) {
    return live[place] ? ((long) generations[place] << Integer.SIZE) | place : -1;
  }

  long token(long id) {
    return tokens[(int) id];
  }

  /** The parts whose credits are still to be given back; none the next time. */
  int takeParts(long id) {
    int taken = parts[(int) id];
    parts[(int) id] = 0;
    return taken;
  }

  /** Says once whether a persist call is still to be made. */
  boolean takePersist(long id) {
    boolean due = persists[(int) id];
    persists[(int) id] = false;
    return due;
  }

  long persistOffset(long id) {
    return offsets[(int) id];
  }

  long persistLength(long id) {
    return lengths[(int) id];
  }

  /** Frees the place and whatever the request held. */
  void end(long id) {
    int place = (int) id;
    RegisteredBuffer buffer = buffers[place];
    if (buffer != null) {
      buffer.release();
      buffers[place] = null;
    }
    live[place] = false;
    // A negative id never arises, so that the sign stays free for "none".
    generations[place] = (generations[place] + 1) & Integer.MAX_VALUE;
    free[freeCount++] = place;
  }
}
