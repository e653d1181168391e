package io.dsa.verbs;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A batch of requests that is posted by the poll that finds a certain request complete: struct
 * dsa_chain of dsa_verbs.h. Reusable; confined to the thread that posts and polls.
 */
public final class Chain {
  static final long BYTES = 32;
  private static final long QUEUE_PAIR = 0;
  static final long REQUESTS = 8;
  static final long AFTER = 16;
  static final long COUNT = 24;
  static final long POSTED = 28;

  private final WorkRequests requests;
  private final MemorySegment memory;

  /** Makes a chain of what is in the batch whenever {@link #follow} is called. */
  public Chain(WorkRequests requests) {
    this.requests = requests;
    this.memory = Arena.ofAuto().allocate(BYTES, 8);
    memory.set(JAVA_LONG, REQUESTS, requests.memory().address());
  }

  /**
   * Has the next poll that is given this chain post the batch, if it takes the completion of that
   * request or of a later one, and its last is no failure. wr_ids are taken to count up.
   *
   * @param queuePair whose requests both are
   * @param after the wr_id of the request that is waited for
   */
  public void follow(QueuePair queuePair, long after) {
    memory.set(JAVA_LONG, QUEUE_PAIR, queuePair.id());
    memory.set(JAVA_LONG, AFTER, after);
    memory.set(JAVA_INT, COUNT, requests.size());
    memory.set(JAVA_INT, POSTED, 0);
  }

  /** Whether the last poll has posted the batch. */
  public boolean isPosted() {
    return memory.get(JAVA_INT, POSTED) == 1;
  }

  /** Why the last poll could not post the batch, as {@link QueuePair#post}; 0 if it did not try. */
  public int errno() {
    return Math.max(0, -memory.get(JAVA_INT, POSTED));
  }

  WorkRequests requests() {
    return requests;
  }

  MemorySegment memory() {
    return memory;
  }
}
