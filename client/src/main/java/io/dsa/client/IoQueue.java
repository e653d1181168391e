package io.dsa.client;

import io.dsa.verbs.CloseAll;
import io.dsa.verbs.QueuePairAttributes.Operations;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * A private queue to a volume: requests go straight to the storage by one-sided RDMA, many at a
 * time, and complete in any order.
 *
 * <p>Confined to the thread that uses it first; only {@link #close} may come from any thread. What
 * the caller could have known throws before anything is posted: {@link IndexOutOfBoundsException}
 * for a range outside the volume or the buffer, {@link IllegalArgumentException} for an atomic that
 * is not aligned to 8 bytes, a read into read-only memory, or a buffer of another client, {@link
 * IllegalStateException} for a closed buffer or the wrong thread. Everything else is an {@link
 * IoStatus}. Every request that was taken completes exactly once.
 *
 * <p>Offsets and lengths are in bytes. A range may cross extents and exceed what the device moves
 * in one message; such a request takes several places of the queue. Nothing is allocated by
 * requesting, polling and waiting, except by a flush by way of the server.
 */
public final class IoQueue implements AutoCloseable {
  /** The deepest queue. */
  public static final int MAX_DEPTH = 1024;

  private final QueueVolume volume;
  private final QueueState state;
  private final long operations;
  private final RequestTable requests;
  private final SendQueue sends;
  private final RemoteRanges ranges;
  private final CompletionDelivery delivery;
  private final Runnable onClose;

  private Thread owner;
  private boolean batching;

  /**
   * What the device and the queue pair allow.
   *
   * @param maxMessageBytes the longest READ or WRITE
   * @param sendDepth work requests outstanding at most
   * @param operations atomics that it can do, of {@link Operations}
   */
  record Limits(long maxMessageBytes, int sendDepth, long operations) {}

  /**
   * Makes a queue on a connected endpoint.
   *
   * @param probe where the READs of flushes go; at least {@link RemoteRanges#PROBE_BYTES}
   * @param onClose run first when the queue is closed; the endpoint and the probe follow
   */
  IoQueue(
      QueueVolume volume,
      Endpoint endpoint,
      ExtentMap extents,
      RegisteredBuffer probe,
      Limits limits,
      QueueOptions options,
      Consumer<IoQueue> onClose) {
    this.volume = volume;
    this.state = new QueueState(endpoint);
    this.operations = limits.operations();
    this.requests = new RequestTable(Math.min(options.depth(), limits.sendDepth()));
    this.sends =
        new SendQueue(endpoint, state, requests, limits.sendDepth(), options.signalInterval());
    this.ranges = new RemoteRanges(extents, limits.maxMessageBytes(), probe, requests, sends);
    this.delivery =
        new CompletionDelivery(
            endpoint,
            state,
            requests,
            sends,
            new PersistCalls(volume.server(), requests, endpoint::wake),
            options.waitMode());
    this.onClose = () -> CloseAll.inOrder(() -> onClose.accept(this), endpoint, probe::free);
  }

  /** Requests in flight at most. */
  public int depth() {
    return requests.capacity();
  }

  /** Requests that were taken and have not completed. */
  public int inFlight() {
    return requests.inFlight();
  }

  /**
   * Reads from the volume into a buffer.
   *
   * @param offset in the volume
   * @param bufferOffset in the buffer
   * @param length at least 1
   * @param token comes back with the completion
   * @return OK if the request was taken
   */
  public IoStatus read(
      long offset, RegisteredBuffer buffer, long bufferOffset, int length, long token) {
    return transfer(Direction.READ, offset, buffer, bufferOffset, length, token);
  }

  /**
   * Writes from a buffer to the volume. Completed means visible to readers; only a completed {@link
   * #flush} makes it durable. The parameters are those of {@link #read}.
   *
   * @return OK if the request was taken
   */
  public IoStatus write(
      long offset, RegisteredBuffer buffer, long bufferOffset, int length, long token) {
    return transfer(Direction.WRITE, offset, buffer, bufferOffset, length, token);
  }

  /**
   * Makes the writes to a range that were requested on this queue before durable.
   *
   * @param offset in the volume
   * @param length at least 1
   * @param token comes back with the completion
   * @return OK if the request was taken, VOLATILE if the volume can never be durable
   */
  public IoStatus flush(long offset, long length, long token) {
    checkOwner();
    volume.checkRange(offset, length);
    IoStatus refusal = checkDurable();
    if (refusal != IoStatus.OK) {
      return refusal;
    }
    refusal = admit(ranges.flushParts(volume.durability().get(), offset, length));
    if (refusal != IoStatus.OK) {
      return refusal;
    }
    int request = requests.begin(token);
    ranges.addFlush(volume.durability().get(), request, offset, length);
    return take(request);
  }

  /**
   * Writes and makes durable what was written, as one request that completes once, when it is
   * durable. The parameters are those of {@link #read}.
   *
   * @return OK if the request was taken, VOLATILE if the volume can never be durable
   */
  public IoStatus writeDurable(
      long offset, RegisteredBuffer buffer, long bufferOffset, int length, long token) {
    checkOwner();
    volume.checkTransfer(Direction.WRITE, offset, buffer, bufferOffset, length);
    IoStatus refusal = checkDurable();
    if (refusal != IoStatus.OK) {
      return refusal;
    }
    int parts = ranges.parts(offset, length);
    refusal = admit(parts + ranges.flushParts(volume.durability().get(), offset, length));
    if (refusal != IoStatus.OK) {
      return refusal;
    }
    refusal = hold(buffer, parts);
    if (refusal != IoStatus.OK) {
      return refusal;
    }
    int request = requests.begin(token);
    ranges.add(Direction.WRITE, request, offset, buffer, bufferOffset, length);
    ranges.addFlush(volume.durability().get(), request, offset, length);
    return take(request);
  }

  /**
   * Reads several pieces as one request, which completes once.
   *
   * @param vector can be used again as soon as this returns
   * @return OK if the request was taken
   */
  public IoStatus read(IoVector vector, long token) {
    return transfer(Direction.READ, vector, token);
  }

  /**
   * Writes several pieces, in the order of the vector, as one request that completes once.
   *
   * @param vector can be used again as soon as this returns
   * @return OK if the request was taken
   */
  public IoStatus write(IoVector vector, long token) {
    return transfer(Direction.WRITE, vector, token);
  }

  /**
   * Replaces 8 bytes of the volume if they are as expected, in one step that no other atomic comes
   * between. What was there before comes to the buffer: it was replaced if that is what was
   * expected. Values are in the byte order of the machines.
   *
   * @param offset in the volume, a multiple of 8
   * @param resultOffset in the buffer, so that the address is a multiple of 8
   * @param token comes back with the completion
   * @return OK if the request was taken, UNSUPPORTED if the device has no atomics
   */
  public IoStatus compareAndSwap(
      long offset,
      long expected,
      long replacement,
      RegisteredBuffer result,
      long resultOffset,
      long token) {
    checkOwner();
    IoStatus refusal = admitAtomic(offset, result, resultOffset, Operations.COMPARE_SWAP);
    if (refusal != IoStatus.OK) {
      return refusal;
    }
    int request = requests.begin(token);
    ranges.addCompareAndSwap(request, offset, expected, replacement, result, resultOffset);
    return take(request);
  }

  /**
   * Adds to 8 bytes of the volume in one step; what was there before comes to the buffer. The other
   * parameters are those of {@link #compareAndSwap}.
   *
   * @return OK if the request was taken, UNSUPPORTED if the device has no atomics
   */
  public IoStatus fetchAndAdd(
      long offset, long addend, RegisteredBuffer result, long resultOffset, long token) {
    checkOwner();
    IoStatus refusal = admitAtomic(offset, result, resultOffset, Operations.FETCH_ADD);
    if (refusal != IoStatus.OK) {
      return refusal;
    }
    int request = requests.begin(token);
    ranges.addFetchAndAdd(request, offset, addend, result, resultOffset);
    return take(request);
  }

  /**
   * Writes 8 bytes at once: whoever reads them sees all or nothing of it, after a loss of power too
   * once it was flushed.
   *
   * @param offset in the volume, a multiple of 8
   * @param token comes back with the completion
   * @return OK if the request was taken, UNSUPPORTED if the device cannot do that
   */
  public IoStatus atomicWrite(long offset, long value, long token) {
    checkOwner();
    volume.checkAtomic(offset);
    IoStatus refusal = admitAtomic(Operations.ATOMIC_WRITE);
    if (refusal != IoStatus.OK) {
      return refusal;
    }
    int request = requests.begin(token);
    ranges.addAtomicWrite(request, offset, value);
    return take(request);
  }

  /**
   * Holds the requests that follow back until {@link #submit} or {@link #submitOnCompletion}, which
   * post them under one doorbell. {@link #await} posts them too, since it would wait in vain. What
   * was to be posted on a completion is held back again. Idempotent.
   */
  public void beginBatch() {
    checkOwner();
    batching = true;
    sends.unchain();
  }

  /**
   * Ends a batch and posts what it held. A failure to do so is the status that each of these
   * requests completes with, in the next {@link #poll}.
   *
   * @return OK, or that status
   */
  public IoStatus submit() {
    checkOwner();
    batching = false;
    return sends.postOrDrop();
  }

  /**
   * Ends a batch and has what it held posted as soon as another request has ended: within the poll
   * or wait that finds that, before any handler is called. A thread that has its next request ready
   * so loses no time between one and the next. Where nothing else is in flight it is posted at
   * once; a request outside of a batch posts it too, before itself.
   *
   * @return OK, or why it could not be posted at once; a later failure is the status that each of
   *     these requests completes with
   */
  public IoStatus submitOnCompletion() {
    checkOwner();
    batching = false;
    return sends.chain();
  }

  private IoStatus transfer(
      Direction direction,
      long offset,
      RegisteredBuffer buffer,
      long bufferOffset,
      int length,
      long token) {
    checkOwner();
    volume.checkTransfer(direction, offset, buffer, bufferOffset, length);
    if (direction == Direction.WRITE && !volume.writable()) {
      return IoStatus.READ_ONLY;
    }
    int parts = ranges.parts(offset, length);
    IoStatus refusal = admit(parts);
    if (refusal != IoStatus.OK) {
      return refusal;
    }
    refusal = hold(buffer, parts);
    if (refusal != IoStatus.OK) {
      return refusal;
    }
    int request = requests.begin(token);
    ranges.add(direction, request, offset, buffer, bufferOffset, length);
    return take(request);
  }

  private IoStatus transfer(Direction direction, IoVector vector, long token) {
    checkOwner();
    for (int i = 0; i < vector.size(); i++) {
      volume.checkTransfer(
          direction, vector.offset(i), vector.buffer(i), vector.bufferOffset(i), vector.length(i));
    }
    if (direction == Direction.WRITE && !volume.writable()) {
      return IoStatus.READ_ONLY;
    }
    IoStatus refusal = admit(partsOf(vector));
    if (refusal != IoStatus.OK) {
      return refusal;
    }
    refusal = hold(vector);
    if (refusal != IoStatus.OK) {
      return refusal;
    }
    int request = requests.begin(token);
    ranges.add(direction, request, vector);
    return take(request);
  }

  /** Posts a request that is added in full, unless it is part of a batch. */
  private IoStatus take(int request) {
    if (batching) {
      return IoStatus.OK;
    }
    IoStatus status = sends.post();
    if (status != IoStatus.OK) {
      requests.cancel(request);
      sends.drop(status);
    }
    return status;
  }

  private int partsOf(IoVector vector) {
    if (vector.size() == 0) {
      throw new IllegalArgumentException("the vector is empty");
    }
    return ranges.parts(vector);
  }

  private void checkOwner() {
    Thread current = Thread.currentThread();
    if (owner != current) {
      if (owner != null) {
        throw new IllegalStateException(
            "this queue belongs to thread " + owner.getName() + ", not " + current.getName());
      }
      owner = current;
    }
  }

  private IoStatus checkDurable() {
    if (!volume.writable()) {
      return IoStatus.READ_ONLY;
    }
    return volume.durability().isEmpty() ? IoStatus.VOLATILE : IoStatus.OK;
  }

  private IoStatus admit(int parts) {
    if (parts > sends.depth()) {
      throw new IllegalArgumentException(
          "a request that takes "
              + parts
              + " work requests, where the queue holds "
              + sends.depth()
              + "; split it");
    }
    IoStatus refusal = state.refusal();
    if (refusal != IoStatus.OK) {
      return refusal;
    }
    return requests.isFull() || parts > sends.free() ? IoStatus.QUEUE_FULL : IoStatus.OK;
  }

  private IoStatus admitAtomic(
      long offset, RegisteredBuffer result, long resultOffset, long operation) {
    volume.checkAtomic(offset);
    volume.checkDestination(result, resultOffset, Long.BYTES);
    long address = result.address() + resultOffset;
    if (address % Long.BYTES != 0) {
      throw new IllegalArgumentException(
          "the result of an atomic at offset "
              + resultOffset
              + " of a buffer, whose address is not a multiple of "
              + Long.BYTES);
    }
    IoStatus refusal = admitAtomic(operation);
    return refusal == IoStatus.OK ? hold(result, 1) : refusal;
  }

  private IoStatus admitAtomic(long operation) {
    if (!volume.writable()) {
      return IoStatus.READ_ONLY;
    }
    return (operations & operation) == 0 ? IoStatus.UNSUPPORTED : admit(1);
  }

  /** Keeps a buffer's memory for that many work requests. */
  private IoStatus hold(RegisteredBuffer buffer, int parts) {
    boolean held = buffer.acquire(parts);
    if (held && buffer.isAlive()) {
      return IoStatus.OK;
    }
    if (held) {
      buffer.release(parts);
    }
    if (state.isClosed()) {
      // Whoever closed the client, which ends its buffers too, was between two looks of this
      // thread.
      return IoStatus.CLOSED;
    }
    throw new IllegalStateException(
        held ? "the memory of the buffer was freed; it is not closed yet" : "the buffer is closed");
  }

  private IoStatus hold(IoVector vector) {
    for (int i = 0; i < vector.size(); i++) {
      IoStatus refusal;
      try {
        refusal = hold(vector.buffer(i), ranges.parts(vector.offset(i), vector.length(i)));
      } catch (IllegalStateException e) {
        release(vector, i);
        throw e;
      }
      if (refusal != IoStatus.OK) {
        release(vector, i);
        return refusal;
      }
    }
    return IoStatus.OK;
  }

  private void release(IoVector vector, int count) {
    for (int i = 0; i < count; i++) {
      vector.buffer(i).release(ranges.parts(vector.offset(i), vector.length(i)));
    }
  }

  /**
   * Delivers what has completed, without waiting, and leaves a batch held. What a handler throws
   * comes out of here; the completions after it stay for the next poll.
   *
   * @return how many requests completed
   */
  public int poll(CompletionHandler handler) {
    return poll(handler, 1);
  }

  /**
   * Delivers as {@link #poll(CompletionHandler)} does, looking for the first that has completed up
   * to so many times, without a pause: for a thread that has nothing else to do, which hears of it
   * sooner than by as many polls. It looks once where nothing is in flight. Only {@link #close}
   * ends it early.
   *
   * @param times at least 1
   * @return how many requests completed
   */
  public int poll(CompletionHandler handler, int times) {
    checkOwner();
    if (times < 1) {
      throw new IllegalArgumentException("to poll " + times + " times, which is less than once");
    }
    return delivery.poll(handler, times);
  }

  /**
   * Waits until at least one request completes, and delivers what there is. Posts what a batch
   * holds back.
   *
   * @param timeoutNanos the time to wait at most, in nanoseconds
   * @return how many completed; 0 at the time's end, or at once when nothing is in flight
   */
  public int await(CompletionHandler handler, long timeoutNanos) {
    checkOwner();
    if (!sends.isChained()) {
      sends.postOrDrop();
    }
    return delivery.await(handler, timeoutNanos);
  }

  /** Has the current {@link #await} return, or the next one; from any thread. */
  void wake() {
    delivery.wake();
  }

  /** How much of a range, from its beginning, one flush of this queue can take. */
  long flushable(long offset, long length) {
    long fits = length;
    while (fits > 1
        && ranges.flushParts(volume.durability().get(), offset, fits) > sends.depth() / 2) {
      fits /= 2;
    }
    return fits;
  }

  /** As {@link #await(CompletionHandler, long)}. */
  public int await(CompletionHandler handler, Duration timeout) {
    long nanos;
    try {
      nanos = timeout.toNanos();
    } catch (ArithmeticException e) {
      nanos = timeout.isNegative() ? 0 : Long.MAX_VALUE;
    }
    return await(handler, nanos);
  }

  /**
   * Disconnects. Requests in flight complete as CLOSED in a poll of the queue's thread after this
   * has returned, if not before. Idempotent.
   */
  @Override
  public void close() {
    if (state.close()) {
      onClose.run();
    }
  }
}
