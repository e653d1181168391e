package io.dsa.client;

import io.dsa.verbs.Chain;
import io.dsa.verbs.Completions;
import io.dsa.verbs.WorkRequests;

/**
 * The work requests of one queue in the order in which they were added, from there until they have
 * completed. The number of a work request in that order is its wr_id.
 *
 * <p>A reliable connection completes in order, so that a completion stands for everything posted
 * before it too: within a batch only every so many requests and the last one are signaled. A
 * failure completes whether it was signaled or not. A place is free again once a completion has
 * said so, and the last request posted is always signaled: the queue cannot overflow, and cannot
 * stall.
 *
 * <p>Confined to the queue's thread; nothing is allocated after construction.
 */
final class SendQueue {
  private final Endpoint endpoint;
  private final QueueState state;
  private final RequestTable requests;
  private final int depth;
  private final int signalInterval;
  private final WorkRequests batch;
  private final Chain chain;
  private final int[] requestOf;

  /** Held from being added to being completed; null where no memory of this end takes part. */
  private final RegisteredBuffer[] bufferOf;

  private final int mask;

  /** Numbers of work requests: up to the first completed, up to the second posted, then held. */
  private long completed;

  private long posted;
  private long added;
  private int unsignaled;

  /** Requests of which anything is held. */
  private int requestsHeld;

  /** Whether what is held goes out with the next request that ends. */
  private boolean chained;

  /**
   * Makes an empty queue.
   *
   * @param depth work requests that are held or posted, at most
   * @param signalInterval of the work requests of a batch, how many complete at once
   */
  SendQueue(
      Endpoint endpoint, QueueState state, RequestTable requests, int depth, int signalInterval) {
    this.endpoint = endpoint;
    this.state = state;
    this.requests = requests;
    this.depth = depth;
    this.signalInterval = signalInterval;
    this.batch = new WorkRequests(depth);
    this.chain = new Chain(batch);
    int places = Integer.highestOneBit(Math.max(1, 2 * depth - 1));
    this.requestOf = new int[places];
    this.bufferOf = new RegisteredBuffer[places];
    this.mask = places - 1;
  }

  int depth() {
    return depth;
  }

  /** How many can be added before the next completion. */
  int free() {
    return depth - (int) (added - completed);
  }

  boolean isHolding() {
    return added > posted;
  }

  /** Adds a READ into or a WRITE from a buffer, which has been acquired for it. */
  void transfer(
      Direction direction,
      int request,
      RegisteredBuffer buffer,
      long address,
      int length,
      long remote,
      int remoteKey) {
    int localKey = buffer.localKey();
    switch (direction) {
      case READ -> batch.read(added, signal(), address, length, localKey, remote, remoteKey);
      case WRITE -> batch.write(added, signal(), address, length, localKey, remote, remoteKey);
    }
    add(request, buffer);
  }

  void flush(int request, int length, long remote, int remoteKey) {
    batch.flush(added, signal(), remote, length, remoteKey, WorkRequests.Flush.PERSISTENT);
    add(request, null);
  }

  /** Adds an atomic whose result goes to a buffer, which has been acquired for it. */
  void compareAndSwap(
      int request,
      RegisteredBuffer buffer,
      long address,
      long expected,
      long replacement,
      long remote,
      int remoteKey) {
    batch.compareAndSwap(
        added, signal(), address, buffer.localKey(), expected, replacement, remote, remoteKey);
    add(request, buffer);
  }

  /** Adds an atomic whose result goes to a buffer, which has been acquired for it. */
  void fetchAndAdd(
      int request, RegisteredBuffer buffer, long address, long addend, long remote, int remoteKey) {
    batch.fetchAndAdd(added, signal(), address, buffer.localKey(), addend, remote, remoteKey);
    add(request, buffer);
  }

  void atomicWrite(int request, long value, long remote, int remoteKey) {
    batch.atomicWrite(added, signal(), value, remote, remoteKey);
    add(request, null);
  }

  private boolean signal() {
    if (++unsignaled < signalInterval) {
      return false;
    }
    unsignaled = 0;
    return true;
  }

  private void add(int request, RegisteredBuffer buffer) {
    int place = (int) added & mask;
    requestOf[place] = request;
    bufferOf[place] = buffer;
    if (requests.parts(request) == 0) {
      requestsHeld++;
    }
    requests.addPart(request);
    added++;
  }

  /**
   * Posts what was added under one doorbell.
   *
   * @return OK, or why not; then it is all still held
   */
  IoStatus post() {
    IoStatus refusal = state.refusal();
    if (refusal != IoStatus.OK) {
      return refusal;
    }
    batch.signal(batch.size() - 1);
    IoStatus status = IoStatus.ofPost(endpoint.post(batch));
    if (status == IoStatus.OK) {
      nothingHeld();
    }
    return status;
  }

  /**
   * Posts what was added, if anything; what cannot be posted ends with the reason as its status.
   *
   * @return that status
   */
  IoStatus postOrDrop() {
    if (!isHolding()) {
      return IoStatus.OK;
    }
    IoStatus status = post();
    if (status != IoStatus.OK) {
      drop(status);
    }
    return status;
  }

  private void nothingHeld() {
    posted = added;
    unsignaled = 0;
    requestsHeld = 0;
    chained = false;
    batch.clear();
  }

  /** Ends what was added and not posted. */
  void drop(IoStatus status) {
    for (long number = posted; number < added; number++) {
      done(number, status);
    }
    added = posted;
    nothingHeld();
  }

  /**
   * Has what was added posted with the next request that ends, or at once if there is no other.
   *
   * @return OK, or what became of the attempt to post at once
   */
  IoStatus chain() {
    // What has ended and is yet to be delivered has nothing more to end.
    if (requests.inFlight() - requests.endedCount() == requestsHeld) {
      return postOrDrop();
    }
    chained = isHolding();
    return IoStatus.OK;
  }

  boolean isChained() {
    return chained;
  }

  /** Has what was added wait for {@link #post} again. */
  void unchain() {
    chained = false;
  }

  /** Takes completions as {@link Endpoint#poll} does. What is chained goes out in the same call. */
  int poll(Completions completions, int times) {
    int oldest = requestOf[(int) completed & mask];
    if (!chained || requests.isPersistedAfter(oldest)) {
      // What the server's answer ends, no completion does.
      return endpoint.poll(completions, times);
    }
    batch.signal(batch.size() - 1);
    // Until its last work request is complete, the request has not ended.
    long last = completed + requests.parts(oldest) - 1;
    int count = endpoint.poll(completions, times, chain, last);
    if (chain.isPosted()) {
      nothingHeld();
    } else if (chain.errno() != 0) {
      drop(IoStatus.ofPost(chain.errno()));
    }
    return count;
  }

  /** Posts what is chained if a request has ended, and no poll has posted it. */
  void continueChain() {
    if (chained && requests.endedCount() > 0) {
      postOrDrop();
    }
  }

  /** Takes a completion: everything posted before it has succeeded. */
  void complete(long number, IoStatus status) {
    if (number < completed || number >= posted) {
      // Not of this queue's making; nothing can be concluded from it.
      return;
    }
    while (completed < number) {
      done(completed++, IoStatus.OK);
    }
    completed = number + 1;
    done(number, status);
  }

  private void done(long number, IoStatus status) {
    int place = (int) number & mask;
    RegisteredBuffer buffer = bufferOf[place];
    if (buffer != null) {
      bufferOf[place] = null;
      buffer.release(1);
    }
    requests.partDone(requestOf[place], status);
  }

  /** Gives everything up, posted or not; only once the endpoint is gone. */
  void abandon(IoStatus status) {
    drop(status);
    while (completed < posted) {
      done(completed++, status);
    }
  }
}
