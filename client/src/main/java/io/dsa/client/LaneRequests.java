package io.dsa.client;

/**
 * The requests that a lane has, in the order in which they came, and a mark at the first that is
 * not wholly posted. Confined to the lane.
 */
final class LaneRequests {
  private LaneRequest first;
  private LaneRequest last;
  private LaneRequest next;

  boolean isEmpty() {
    return first == null;
  }

  LaneRequest first() {
    return first;
  }

  /** The first that is not wholly posted, or null. */
  LaneRequest next() {
    return next;
  }

  /** Moves the mark to the one after. */
  void advance() {
    next = next.after;
  }

  /** Moves the mark to the beginning. */
  void rewind() {
    next = first;
  }

  void add(LaneRequest request) {
    request.before = last;
    request.after = null;
    if (last == null) {
      first = request;
    } else {
      last.after = request;
    }
    last = request;
    if (next == null) {
      next = request;
    }
  }

  void remove(LaneRequest request) {
    if (next == request) {
      next = request.after;
    }
    if (request.before == null) {
      first = request.after;
    } else {
      request.before.after = request.after;
    }
    if (request.after == null) {
      last = request.before;
    } else {
      request.after.before = request.before;
    }
  }
}
