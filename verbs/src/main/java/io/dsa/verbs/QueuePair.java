package io.dsa.verbs;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One end of a reliable connection (RC). One thread posts; the other methods may be called from any
 * thread. Windows that are bound on it are closed before it.
 */
public final class QueuePair implements AutoCloseable {
  private final ConnectionManager manager;
  private final ConnectionEvents events;
  private final long cmId;
  private final AtomicBoolean closed = new AtomicBoolean();
  private volatile long id = -1;
  private volatile QueuePairAttributes attributes;
  private volatile Object attachment;

  QueuePair(ConnectionManager manager, long cmId, ConnectionEvents events) {
    this.manager = manager;
    this.cmId = cmId;
    this.events = events;
  }

  void create(QueuePairOptions options) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment memory =
          QueuePairAttributes.request(arena, options.sendDepth(), options.segments(), 0);
      long created =
          Native.createQueuePair(
              cmId,
              options.domain().id(),
              options.completions().id(),
              memory,
              QueuePairAttributes.Operations.BEST);
      Native.check("create a queue pair of depth " + options.sendDepth(), created);
      attributes = QueuePairAttributes.read(memory);
      id = created;
    }
  }

  long id() {
    return id;
  }

  long cmId() {
    return cmId;
  }

  ConnectionEvents events() {
    return events;
  }

  /** The number that completions name. */
  public int number() {
    return attributes.number();
  }

  /** What was granted when it was made. */
  public QueuePairAttributes granted() {
    return attributes;
  }

  /** What it is now. */
  public QueuePairAttributes query() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment memory = arena.allocate(QueuePairAttributes.BYTES, 8);
      Native.check("query a queue pair", Native.queryQueuePair(id, memory));
      return QueuePairAttributes.read(memory);
    }
  }

  /** Whatever the owner wants to find again in a {@link ConnectionHandler}. */
  public Object attachment() {
    return attachment;
  }

  void attach(Object anything) {
    attachment = anything;
  }

  /**
   * Queues all of the requests under one doorbell, or none.
   *
   * @return 0, or an errno: ENOMEM when the send queue is full, EINVAL for a request that is wrong,
   *     EOPNOTSUPP for an operation that the queue pair was not made for, EBADF when it is closed
   */
  public int post(WorkRequests requests) {
    return -Native.post(id, requests.memory(), requests.size());
  }

  /**
   * Posts the request that binds a window to a whole region for the peer of this queue pair.
   *
   * <p>A window covers its region exactly, because not every device holds a window to bounds within
   * a region, and every device holds a region to its own.
   *
   * @param access the peer's rights: REMOTE_* and FLUSH_* of {@link Access}
   * @param requestId the wr_id of the completion, which always comes
   * @return the key for the peer, valid once the request has completed
   */
  public int bind(MemoryWindow window, MemoryRegion region, int access, long requestId) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment key = arena.allocate(ValueLayout.JAVA_INT);
      Native.check(
          "bind a memory window",
          Native.bindWindow(
              id,
              window.id(),
              region.id(),
              region.address(),
              region.length(),
              access,
              requestId,
              SIGNALED,
              key));
      return key.get(ValueLayout.JAVA_INT, 0);
    }
  }

  private static final int SIGNALED = 2;

  /** Whether the connection stands, as far as this end knows. */
  public boolean isConnected() {
    return events.isConnected();
  }

  /**
   * Stops the queue pair at once: what is queued completes as flushed, the peer's accesses fail.
   */
  public void fail() {
    if (id >= 0) {
      // EBADF says that it is closed already, which is as good.
      Native.toError(id);
    }
  }

  /** Ends the connection, and lets the event about it follow: its handler could not go on. */
  void abort() {
    fail();
    Native.disconnect(cmId);
  }

  /**
   * Disconnects and destroys; nothing is delivered about it afterwards. A thread that is still
   * connecting it gets a {@link ConnectException}. Idempotent.
   */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      manager.forget(this);
      events.close();
      // Not being connected (any more) is no reason not to destroy.
      Native.disconnect(cmId);
      Native.check("destroy a queue pair", Native.destroyId(cmId));
    }
  }
}
