package io.dsa.client;

import io.dsa.protocol.Done;
import io.dsa.verbs.CloseAll;
import io.dsa.verbs.CompletionQueue;
import io.dsa.verbs.CompletionStatus;
import io.dsa.verbs.Completions;
import io.dsa.verbs.Errno;
import io.dsa.verbs.QueuePair;
import io.dsa.verbs.QueuePairOptions;
import io.dsa.verbs.VerbsException;
import io.dsa.verbs.WorkRequests;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * A private queue to a volume: requests go straight to the storage by one-sided RDMA, many at a
 * time, and complete in any order.
 *
 * <p>Confined to the thread that uses it first; only {@link #close} may come from any thread. What
 * the caller could have known (a range outside the volume, memory outside the buffer, the wrong
 * thread) throws before anything is posted; everything else is an {@link IoStatus}. Every request
 * that was taken completes exactly once.
 */
public final class IoQueue implements AutoCloseable {
  /** The deepest queue. */
  public static final int MAX_DEPTH = 1024;

  private static final int BATCH = 32;

  private static final int LEAST_PARTS = 64;

  /**
   * Bytes that the READ of a flush by way of the server fetches: enough to know what has landed.
   */
  private static final int PROBE_BYTES = 8;

  private final Volume volume;
  private final QueuePair queuePair;
  private final CompletionQueue completionQueue;
  private final RegisteredBuffer probe;
  private final long maxMessageBytes;
  private final int sendDepth;
  private final RequestTable requests;
  private final WorkRequests batch;
  private final Completions completions = new Completions(BATCH);
  private final ConcurrentLinkedQueue<Persisted> persisted = new ConcurrentLinkedQueue<>();

  private ExtentMap extents;
  private Thread owner;
  private int credits;
  private int polled;
  private int delivered;
  private boolean delivering;
  private volatile boolean lost;
  private volatile boolean closed;

  /** The queue pair is gone: from here on nothing reaches a buffer. */
  private volatile boolean dead;

  /** A persist call that came back, on its way from the control connection's thread. */
  private record Persisted(long id, IoStatus status) {}

  private IoQueue(
      Volume volume,
      QueuePair queuePair,
      CompletionQueue completionQueue,
      RegisteredBuffer probe,
      long maxMessageBytes,
      int depth) {
    this.volume = volume;
    this.queuePair = queuePair;
    this.completionQueue = completionQueue;
    this.probe = probe;
    this.maxMessageBytes = maxMessageBytes;
    this.sendDepth = queuePair.granted().sendDepth();
    this.credits = sendDepth;
    this.requests = new RequestTable(depth);
    this.batch = new WorkRequests(sendDepth);
  }

  static IoQueue connect(
      Volume volume,
      DataPlane data,
      InetSocketAddress target,
      byte[] privateData,
      int depth,
      Duration timeout) {
    // A request that crosses extents or the longest message is several at this level, and a shallow
    // queue has room for such a one too.
    int sendDepth =
        Math.min(Math.max(2 * depth, LEAST_PARTS), data.device().attributes().maxQueueDepth());
    LostSignal signal = new LostSignal();
    RegisteredBuffer probe = RegisteredBuffer.allocate(data.domain(), PROBE_BYTES, freed -> {});
    CompletionQueue completionQueue = null;
    try {
      // The device may grant a deeper queue than was asked for, and in error all of it completes.
      completionQueue = data.device().createCompletionQueue(2 * sendDepth + BATCH);
      QueuePair queuePair =
          data.connections()
              .connect(
                  target,
                  new QueuePairOptions(data.domain(), completionQueue, sendDepth, 1),
                  privateData,
                  timeout,
                  signal);
      IoQueue queue =
          new IoQueue(
              volume,
              queuePair,
              completionQueue,
              probe,
              data.device().attributes().maxMessageBytes(),
              depth);
      signal.arm(queue);
      return queue;
    } catch (RuntimeException e) {
      release(completionQueue, probe);
      throw e;
    } catch (InterruptedException e) {
      release(completionQueue, probe);
      Thread.currentThread().interrupt();
      throw new DsaException(
          DsaException.Category.TIMED_OUT, "interrupted while connecting a queue", e);
    }
  }

  private static void release(CompletionQueue completionQueue, RegisteredBuffer probe) {
    if (completionQueue != null) {
      completionQueue.close();
    }
    probe.close();
  }

  void grant(ExtentMap map) {
    extents = map;
  }

  /** Hears of a loss on the connection thread, even one that comes before the queue is made. */
  private static final class LostSignal implements Runnable {
    private IoQueue queue;
    private boolean lost;

    @Override
    public synchronized void run() {
      lost = true;
      if (queue != null) {
        queue.lost = true;
        queue.completionQueue.wake();
      }
    }

    synchronized void arm(IoQueue made) {
      queue = made;
      made.lost = lost;
    }
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
   * @param offset in the volume, bytes
   * @param bufferOffset in the buffer, bytes
   * @param length in bytes, at least 1
   * @param token comes back with the completion
   * @return OK if the request was taken
   */
  public IoStatus read(
      long offset, RegisteredBuffer buffer, long bufferOffset, int length, long token) {
    return transfer(false, offset, buffer, bufferOffset, length, token);
  }

  /**
   * Writes from a buffer to the volume. Completed means visible to readers; only a completed {@link
   * #flush} makes it durable. The parameters are those of {@link #read}.
   *
   * @return OK if the request was taken
   */
  public IoStatus write(
      long offset, RegisteredBuffer buffer, long bufferOffset, int length, long token) {
    if (!volume.isWritable()) {
      return IoStatus.READ_ONLY;
    }
    return transfer(true, offset, buffer, bufferOffset, length, token);
  }

  private IoStatus transfer(
      boolean write,
      long offset,
      RegisteredBuffer buffer,
      long bufferOffset,
      int length,
      long token) {
    checkOwner();
    checkRange(offset, length);
    Objects.checkFromIndexSize(bufferOffset, length, buffer.memory().byteSize());
    int parts = partsOf(offset, length, maxMessageBytes);
    IoStatus refusal = admit(parts);
    if (refusal != IoStatus.OK) {
      return refusal;
    }
    if (!buffer.acquire()) {
      throw new IllegalStateException("the buffer is closed");
    }
    long id = requests.begin(token, parts, buffer);
    long address = buffer.address() + bufferOffset;
    long at = offset;
    long end = offset + length;
    batch.clear();
    while (at < end) {
      int extent = extents.extentAt(at);
      int chunk = (int) Math.min(Math.min(end, extents.end(extent)) - at, maxMessageBytes);
      boolean last = at + chunk == end;
      long remote = extents.remoteAddress(extent, at);
      int remoteKey = extents.remoteKey(extent);
      if (write) {
        batch.write(id, last, address, chunk, buffer.localKey(), remote, remoteKey);
      } else {
        batch.read(id, last, address, chunk, buffer.localKey(), remote, remoteKey);
      }
      at += chunk;
      address += chunk;
    }
    return post(id, parts);
  }

  /**
   * Makes the writes to a range that were requested on this queue before durable.
   *
   * @param offset in the volume, bytes
   * @param length in bytes, at least 1
   * @param token comes back with the completion
   * @return OK if the request was taken, VOLATILE if the volume can never be durable
   */
  public IoStatus flush(long offset, long length, long token) {
    checkOwner();
    checkRange(offset, length);
    if (!volume.isWritable()) {
      return IoStatus.READ_ONLY;
    }
    if (volume.durability().isEmpty()) {
      return IoStatus.VOLATILE;
    }
    return switch (volume.durability().get()) {
      case RDMA_FLUSH -> flushByVerb(offset, length, token);
      case READ_AFTER_WRITE -> flushByRead(offset, length, token, false);
      case SERVER_PERSIST -> flushByRead(offset, length, token, true);
    };
  }

  private IoStatus flushByVerb(long offset, long length, long token) {
    int parts = partsOf(offset, length, Integer.MAX_VALUE);
    IoStatus refusal = admit(parts);
    if (refusal != IoStatus.OK) {
      return refusal;
    }
    long id = requests.begin(token, parts, null);
    long at = offset;
    long end = offset + length;
    batch.clear();
    while (at < end) {
      int extent = extents.extentAt(at);
      int chunk = (int) Math.min(Math.min(end, extents.end(extent)) - at, Integer.MAX_VALUE);
      batch.flush(
          id,
          at + chunk == end,
          extents.remoteAddress(extent, at),
          chunk,
          extents.remoteKey(extent),
          WorkRequests.Flush.PERSISTENT);
      at += chunk;
    }
    return post(id, parts);
  }

  /** A READ answers only after the writes before it on this queue have landed. */
  private IoStatus flushByRead(long offset, long length, long token, boolean persist) {
    IoStatus refusal = admit(1);
    if (refusal != IoStatus.OK) {
      return refusal;
    }
    if (!probe.acquire()) {
      return IoStatus.CLOSED;
    }
    long id = requests.begin(token, 1, probe);
    if (persist) {
      requests.continueWithPersist(id, offset, length);
    }
    int extent = extents.extentAt(offset);
    batch.clear();
    batch.read(
        id,
        true,
        probe.address(),
        (int) Math.min(PROBE_BYTES, Math.min(length, extents.end(extent) - offset)),
        probe.localKey(),
        extents.remoteAddress(extent, offset),
        extents.remoteKey(extent));
    return post(id, 1);
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

  private void checkRange(long offset, long length) {
    if (length < 1 || offset < 0 || offset > volume.bytes() - length) {
      throw new IndexOutOfBoundsException(
          "offset "
              + offset
              + " and length "
              + length
              + " are not within volume "
              + volume.name()
              + " of "
              + volume.bytes()
              + " bytes");
    }
  }

  private int partsOf(long offset, long length, long most) {
    int parts = 0;
    long end = offset + length;
    for (long at = offset; at < end; parts++) {
      at += Math.min(Math.min(end, extents.end(extents.extentAt(at))) - at, most);
    }
    if (parts > sendDepth) {
      throw new IllegalArgumentException(
          "a request of "
              + length
              + " bytes takes "
              + parts
              + " parts, the queue holds "
              + sendDepth);
    }
    return parts;
  }

  private IoStatus admit(int parts) {
    if (closed) {
      return IoStatus.CLOSED;
    }
    if (lost) {
      return IoStatus.DISCONNECTED;
    }
    return requests.isFull() || parts > credits ? IoStatus.QUEUE_FULL : IoStatus.OK;
  }

  private IoStatus post(long id, int parts) {
    int errno = queuePair.post(batch);
    if (errno == 0) {
      credits -= parts;
      return IoStatus.OK;
    }
    requests.end(id);
    if (closed || errno == Errno.EBADF) {
      return IoStatus.CLOSED;
    }
    return lost || !queuePair.isConnected() ? IoStatus.DISCONNECTED : IoStatus.LOCAL_ERROR;
  }

  /**
   * Delivers what has completed, without waiting.
   *
   * @return how many requests completed
   */
  public int poll(CompletionHandler handler) {
    checkOwner();
    if (delivering) {
      throw new IllegalStateException("a completion handler must not poll its own queue");
    }
    delivering = true;
    try {
      if (dead) {
        return endAll(handler);
      }
      int count = deliver(handler);
      for (Persisted done = persisted.poll(); done != null; done = persisted.poll()) {
        count += end(done.id(), done.status(), handler);
      }
      if (delivered == polled) {
        delivered = 0;
        polled = 0;
        polled = completionQueue.poll(completions);
        count += deliver(handler);
      }
      return count;
    } catch (VerbsException e) {
      if (!dead) {
        throw e;
      }
      return endAll(handler);
    } finally {
      delivering = false;
    }
  }

  private int deliver(CompletionHandler handler) {
    int count = 0;
    while (delivered < polled) {
      int index = delivered++;
      long id = completions.workRequestId(index);
      if (requests.isLive(id)) {
        int status = completions.status(index);
        if (status == CompletionStatus.SUCCESS && requests.takePersist(id)) {
          credits += requests.takeParts(id);
          persist(id);
        } else {
          count += end(id, statusOf(status), handler);
        }
      }
    }
    return count;
  }

  private void persist(long id) {
    CompletableFuture<Done> _ =
        volume
            .persist(requests.persistOffset(id), requests.persistLength(id))
            .whenComplete((done, failure) -> {
              persisted.add(new Persisted(id, statusOf(failure)));
              completionQueue.wake();
            });
  }

  private static IoStatus statusOf(Throwable failure) {
    if (failure == null) {
      return IoStatus.OK;
    }
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    boolean noAnswer =
        cause instanceof DsaException dsa
            && (dsa.category() == DsaException.Category.DISCONNECTED
                || dsa.category() == DsaException.Category.TIMED_OUT);
    return noAnswer ? IoStatus.DISCONNECTED : IoStatus.REMOTE_ERROR;
  }

  private IoStatus statusOf(int status) {
    return switch (status) {
      case CompletionStatus.SUCCESS -> IoStatus.OK;
      case CompletionStatus.REMOTE_ACCESS_ERROR -> IoStatus.ACCESS_DENIED;
      case CompletionStatus.RETRY_EXCEEDED, CompletionStatus.RNR_RETRY_EXCEEDED ->
          IoStatus.DISCONNECTED;
      case CompletionStatus.WORK_REQUEST_FLUSHED ->
          closed ? IoStatus.CLOSED : IoStatus.DISCONNECTED;
      case CompletionStatus.REMOTE_INVALID_REQUEST, CompletionStatus.REMOTE_OPERATION_ERROR ->
          IoStatus.REMOTE_ERROR;
      default -> IoStatus.LOCAL_ERROR;
    };
  }

  private int end(long id, IoStatus status, CompletionHandler handler) {
    if (!requests.isLive(id)) {
      return 0;
    }
    long token = requests.token(id);
    credits += requests.takeParts(id);
    requests.end(id);
    handler.completed(token, status);
    return 1;
  }

  /** Only once the queue pair is dead: the caller may use the buffers again at once. */
  private int endAll(CompletionHandler handler) {
    int count = 0;
    for (int place = 0; place < requests.capacity(); place++) {
      long id = requests.idAt(place);
      if (id >= 0) {
        count += end(id, IoStatus.CLOSED, handler);
      }
    }
    return count;
  }

  /**
   * Waits until at least one request completes, and delivers what there is.
   *
   * @return how many completed; 0 at the time's end, or at once when nothing is in flight
   */
  public int await(CompletionHandler handler, Duration timeout) {
    int count = poll(handler);
    long deadline = System.nanoTime() + timeout.toNanos();
    while (count == 0 && requests.inFlight() > 0) {
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        return 0;
      }
      try {
        completionQueue.requestNotification();
        count = poll(handler);
        if (count == 0) {
          completionQueue.awaitEvent(Duration.ofNanos(left));
          count = poll(handler);
        }
      } catch (VerbsException e) {
        if (!dead) {
          throw e;
        }
        count = poll(handler);
      }
    }
    return count;
  }

  /**
   * Disconnects. Requests in flight complete as CLOSED in a poll of the queue's thread after this
   * has returned, if not before. Idempotent; from any thread.
   */
  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    volume.forget(this);
    CloseAll.inOrder(queuePair, () -> dead = true, completionQueue, probe::free);
  }
}
