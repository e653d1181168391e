package io.dsa.client;

import java.util.concurrent.atomic.AtomicReference;

/**
 * Requests on their way to a lane: any thread adds, the lane takes all there are. No locks; an
 * addition is one compare-and-set, and is a full fence.
 */
final class SubmissionQueue {
  private final AtomicReference<LaneRequest> newest = new AtomicReference<>();

  void add(LaneRequest request) {
    LaneRequest top;
    do {
      top = newest.get();
      request.link = top;
    } while (!newest.compareAndSet(top, request));
  }

  boolean isEmpty() {
    return newest.get() == null;
  }

  /** Takes all; the oldest is first, the others follow by their links. Null if there are none. */
  LaneRequest takeAll() {
    LaneRequest request = isEmpty() ? null : newest.getAndSet(null);
    LaneRequest oldest = null;
    while (request != null) {
      LaneRequest older = request.link;
      request.link = oldest;
      oldest = request;
      request = older;
    }
    return oldest;
  }
}
