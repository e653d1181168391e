package io.dsa.client;

import java.util.Arrays;

/**
 * The requests in flight on one queue. A request is named by its place in the table, from {@link
 * #begin} until {@link #free}. It ends when the last of its parts is done, or, where a persist call
 * follows, when that is answered. Confined to the queue's thread; nothing is allocated after
 * construction.
 */
final class RequestTable {
  private enum State {
    FREE,
    /** Parts of it are held or posted. */
    MOVING,
    /** As MOVING, but it was not taken in the end: nobody is to hear of it. */
    CANCELLED,
    /** Its parts are done, a persist call is still to be made or to be answered. */
    PERSISTING,
    /** To be delivered. */
    ENDED
  }

  private final State[] states;
  private final long[] tokens;
  private final int[] parts;
  private final IoStatus[] statuses;
  private final long[] persistOffsets;

  /** 0 where no persist call follows. */
  private final long[] persistLengths;

  private final int[] free;
  private int freeCount;
  private final PlaceQueue ended;
  private final PlaceQueue due;

  RequestTable(int capacity) {
    states = new State[capacity];
    Arrays.fill(states, State.FREE);
    tokens = new long[capacity];
    parts = new int[capacity];
    statuses = new IoStatus[capacity];
    persistOffsets = new long[capacity];
    persistLengths = new long[capacity];
    free = new int[capacity];
    for (int i = 0; i < capacity; i++) {
      free[i] = capacity - 1 - i;
    }
    freeCount = capacity;
    ended = new PlaceQueue(capacity);
    due = new PlaceQueue(capacity);
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

  /** Takes a free place. */
  int begin(long token) {
    int request = free[--freeCount];
    states[request] = State.MOVING;
    tokens[request] = token;
    parts[request] = 0;
    statuses[request] = IoStatus.OK;
    persistLengths[request] = 0;
    return request;
  }

  /** Parts that are not done. */
  int parts(int request) {
    return parts[request];
  }

  void addPart(int request) {
    parts[request]++;
  }

  /** Has the request go on with a persist call once its parts have all succeeded. */
  void persistAfter(int request, long offset, long length) {
    persistOffsets[request] = offset;
    persistLengths[request] = length;
  }

  boolean isPersistedAfter(int request) {
    return persistLengths[request] > 0;
  }

  /** Has nobody hear of the request, which was not taken. */
  void cancel(int request) {
    states[request] = State.CANCELLED;
  }

  /** Notes the end of one part; the first failure among them is the request's. */
  void partDone(int request, IoStatus status) {
    if (statuses[request] == IoStatus.OK) {
      statuses[request] = status;
    }
    if (--parts[request] > 0) {
      return;
    }
    if (states[request] == State.CANCELLED) {
      free(request);
    } else if (persistLengths[request] > 0 && statuses[request] == IoStatus.OK) {
      states[request] = State.PERSISTING;
      due.add(request);
    } else {
      end(request);
    }
  }

  /** The next request whose persist call is to be made, or -1. */
  int nextDue() {
    return due.poll();
  }

  long persistOffset(int request) {
    return persistOffsets[request];
  }

  long persistLength(int request) {
    return persistLengths[request];
  }

  /** Notes the answer to a persist call; one that comes after {@link #endAll} is too late. */
  void persisted(int request, IoStatus status) {
    if (states[request] == State.PERSISTING) {
      statuses[request] = status;
      end(request);
    }
  }

  /** Ends whatever has not ended; a request that has failed already keeps its status. */
  void endAll(IoStatus status) {
    due.clear();
    for (int request = 0; request < states.length; request++) {
      if (states[request] == State.MOVING || states[request] == State.PERSISTING) {
        if (statuses[request] == IoStatus.OK) {
          statuses[request] = status;
        }
        end(request);
      }
    }
  }

  private void end(int request) {
    states[request] = State.ENDED;
    ended.add(request);
  }

  /** Requests that have ended and were not taken by {@link #nextEnded}. */
  int endedCount() {
    return ended.size();
  }

  /** The next request to be delivered, or -1. */
  int nextEnded() {
    return ended.poll();
  }

  long token(int request) {
    return tokens[request];
  }

  IoStatus status(int request) {
    return statuses[request];
  }

  /** Gives the place to the next request. */
  void free(int request) {
    states[request] = State.FREE;
    free[freeCount++] = request;
  }
}
