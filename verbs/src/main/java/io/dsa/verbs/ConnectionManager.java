package io.dsa.verbs;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes and watches the connections of queue pairs: rdma_cm(7) with one event channel and one
 * thread that sleeps until there is an event. Thread-safe. Closing it closes what it still has.
 */
public final class ConnectionManager implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ConnectionManager.class);
  private static final int FOREVER = -1;

  private final long channelId;
  private final Thread thread;
  private final Map<Long, QueuePair> queuePairs = new ConcurrentHashMap<>();
  private final Map<Long, Listener> listeners = new ConcurrentHashMap<>();

  /** Set under this, so that nothing is made after {@link #close} has looked for what there is. */
  private volatile boolean closed;

  /** Why the thread could not go on; set under this. */
  private volatile VerbsException failure;

  private ConnectionManager(long channelId, String name) {
    this.channelId = channelId;
    this.thread = Thread.ofPlatform().name(name).daemon().unstarted(this::run);
  }

  /**
   * Opens an event channel and starts its thread.
   *
   * @param name of the thread
   * @throws VerbsException where this machine has no RDMA
   */
  public static ConnectionManager start(String name) {
    ConnectionManager manager = new ConnectionManager(EventChannels.open(), name);
    manager.thread.start();
    return manager;
  }

  /**
   * Listens for connections.
   *
   * @param address of an RDMA device; port 0 takes a free one
   * @throws VerbsException EADDRINUSE, EADDRNOTAVAIL, ENODEV
   */
  public Listener listen(InetSocketAddress address, int backlog, ConnectionHandler handler) {
    String what = "listen on " + text(address);
    long cmId = createId();
    try (Arena arena = Arena.ofConfined()) {
      Native.check(what, Native.bind(cmId, SocketAddressLayout.allocate(arena, address)));
      InetSocketAddress bound = new InetSocketAddress(address.getAddress(), Native.port(cmId));
      Listener listener = new Listener(this, cmId, bound, handler);
      synchronized (this) {
        requireOpen();
        listeners.put(cmId, listener);
      }
      Native.check(what, Native.listen(cmId, backlog));
      return listener;
    } catch (RuntimeException e) {
      listeners.remove(cmId);
      Native.destroyId(cmId);
      throw e;
    }
  }

  /**
   * Connects a new queue pair. Blocks until the connection stands.
   *
   * @param privateData at most 56 bytes for the one that listens
   * @param onLost run once should the connection be lost later: on the manager's thread, or on this
   *     one when that happens at once
   * @throws ConnectException with the reason, at the latest when the time has run out
   */
  public QueuePair connect(
      InetSocketAddress remote,
      QueuePairOptions options,
      byte[] privateData,
      Duration timeout,
      Runnable onLost)
      throws InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    int millis = Math.max(1, WaitTime.millis(timeout));
    QueuePair queuePair = createQueuePair();
    try (Arena arena = Arena.ofConfined()) {
      long cmId = queuePair.cmId();
      resolve(queuePair, SocketAddressLayout.allocate(arena, remote), remote, deadline);
      Native.check("resolve the route", Native.resolveRoute(cmId, millis));
      expect(CmEvent.ROUTE_RESOLVED, queuePair, remote, deadline);
      queuePair.create(options);
      Native.check(
          "connect", Native.connect(cmId, ConnectionParameters.allocate(arena, privateData)));
      expect(CmEvent.ESTABLISHED, queuePair, remote, deadline);
      queuePair.events().connected(onLost);
      return queuePair;
    } catch (VerbsException e) {
      queuePair.close();
      throw refusal(reasonOf(e.errno()), remote, e.getMessage(), new byte[0], e);
    } catch (RuntimeException | InterruptedException e) {
      queuePair.close();
      throw e;
    }
  }

  private static void resolve(
      QueuePair queuePair, MemorySegment address, InetSocketAddress remote, long deadline)
      throws InterruptedException {
    ConnectionEvents.Event event;
    do {
      Native.check(
          "resolve the address",
          Native.resolveAddress(queuePair.cmId(), address, AddressResolution.STEP_MILLIS));
      event = next(queuePair, remote, deadline);
    } while (event.type() == CmEvent.ADDR_ERROR
        && AddressResolution.goesOn(event.status(), deadline));
    require(CmEvent.ADDR_RESOLVED, event, remote);
  }

  private static void expect(int type, QueuePair queuePair, InetSocketAddress remote, long deadline)
      throws InterruptedException {
    require(type, next(queuePair, remote, deadline), remote);
  }

  private static ConnectionEvents.Event next(
      QueuePair queuePair, InetSocketAddress remote, long deadline) throws InterruptedException {
    ConnectionEvents.Event event = queuePair.events().await(deadline);
    if (event == null) {
      throw refusal(
          ConnectException.Reason.TIMED_OUT, remote, "no answer in time", new byte[0], null);
    }
    return event;
  }

  private static void require(int type, ConnectionEvents.Event event, InetSocketAddress remote) {
    if (event.type() == type) {
      return;
    }
    if (event.type() == ConnectionEvents.CLOSED) {
      throw refusal(ConnectException.Reason.FAILED, remote, "closed meanwhile", new byte[0], null);
    }
    if (event.type() == CmEvent.REJECTED) {
      throw rejection(event, remote);
    }
    if (event.type() == CmEvent.CONNECT_ERROR && event.status() == CmEvent.INCOMPLETE) {
      throw refusal(
          ConnectException.Reason.DISCONNECTED,
          remote,
          "it could not be completed; the server may have ended it",
          new byte[0],
          null);
    }
    int errno = event.type() == CmEvent.DEVICE_REMOVAL ? Errno.ENODEV : Math.abs(event.status());
    throw refusal(reasonOf(errno), remote, Errno.text(errno), new byte[0], null);
  }

  private static ConnectException rejection(
      ConnectionEvents.Event event, InetSocketAddress remote) {
    if (event.status() == CmEvent.REASON_INVALID_SERVICE) {
      return refusal(
          ConnectException.Reason.NOBODY_LISTENS,
          remote,
          "nobody listens there",
          event.privateData(),
          null);
    }
    Refusal refusal = Refusal.of(event.privateData());
    if (event.status() == CmEvent.REASON_CONSUMER && refusal != Refusal.UNKNOWN) {
      return refusal(
          refusal.isLack()
              ? ConnectException.Reason.LACKS_RESOURCES
              : ConnectException.Reason.REFUSED,
          remote,
          refusal.text(),
          event.privateData(),
          null);
    }
    String why =
        event.status() == CmEvent.REASON_CONSUMER
            ? "the server refused" + words(event.privateData())
            : "the peer's connection manager refused (reason " + event.status() + ")";
    return refusal(ConnectException.Reason.REFUSED, remote, why, event.privateData(), null);
  }

  /** What the server said, where it is text: ": " and that. */
  private static String words(byte[] answer) {
    int length = 0;
    while (length < answer.length && answer[length] != 0) {
      if (answer[length] >= 0 && answer[length] < ' ') {
        return "";
      }
      length++;
    }
    return length == 0 ? "" : ": " + new String(answer, 0, length, StandardCharsets.UTF_8);
  }

  private static ConnectException.Reason reasonOf(int errno) {
    return switch (errno) {
      case Errno.ENODEV, Errno.EADDRNOTAVAIL -> ConnectException.Reason.NO_DEVICE;
      case Errno.ETIMEDOUT, Errno.ENETUNREACH, Errno.EHOSTUNREACH ->
          ConnectException.Reason.UNREACHABLE;
      case Errno.ECONNREFUSED, Errno.ECONNRESET -> ConnectException.Reason.NOBODY_LISTENS;
      default -> ConnectException.Reason.FAILED;
    };
  }

  private static ConnectException refusal(
      ConnectException.Reason reason,
      InetSocketAddress remote,
      String why,
      byte[] answer,
      Throwable cause) {
    return new ConnectException(
        reason, "cannot connect to " + text(remote) + ": " + why, answer, cause);
  }

  private static String text(InetSocketAddress address) {
    return address.getHostString() + ":" + address.getPort();
  }

  /**
   * Throws when nothing may be made any more; what is made after it is made under the same lock.
   */
  private synchronized void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the connection manager is closed");
    }
    if (failure != null) {
      throw new VerbsException("the connection manager has failed", failure.errno(), failure);
    }
  }

  private synchronized long createId() {
    requireOpen();
    long cmId = Native.createId(channelId);
    Native.check("create a connection id", cmId);
    return cmId;
  }

  private synchronized QueuePair createQueuePair() {
    return adopt(createId(), null);
  }

  synchronized QueuePair adopt(long cmId, ConnectionHandler handler) {
    requireOpen();
    QueuePair queuePair = new QueuePair(this, cmId, new ConnectionEvents(handler));
    queuePairs.put(cmId, queuePair);
    return queuePair;
  }

  void forget(QueuePair queuePair) {
    queuePairs.remove(queuePair.cmId());
  }

  void forget(Listener listener) {
    if (listeners.remove(listener.cmId()) != null) {
      Native.check("stop listening", Native.destroyId(listener.cmId()));
    }
  }

  private void run() {
    CmEvent event = new CmEvent();
    try {
      while (!closed) {
        int count = Native.nextEvent(channelId, event.memory(), FOREVER);
        switch (count) {
          case 1 -> tryDispatch(event);
          case 0, -Errno.ECANCELED -> {}
          case -Errno.ENOMEM -> LOG.warn("A connection request was rejected: out of memory");
          case -Errno.EBADF -> {
            return;
          }
          default -> throw new VerbsException("wait for a connection event", Native.errno(count));
        }
      }
    } catch (Throwable e) {
      fail(e);
    }
  }

  /** What a handler throws costs the connection that it was about, and no other. */
  private void tryDispatch(CmEvent event) {
    try {
      dispatch(event);
    } catch (Throwable e) {
      LOG.error("A connection event of type {} could not be handled", event.type(), e);
      QueuePair queuePair = queuePairs.get(event.cmId());
      if (queuePair != null) {
        queuePair.abort();
      }
    }
  }

  /** Tells everybody that no event will come any more. */
  private void fail(Throwable cause) {
    LOG.error("Connection events are lost: {}", cause.getMessage());
    LOG.debug("Why they are lost", cause);
    VerbsException why =
        cause instanceof VerbsException verbs
            ? verbs
            : new VerbsException("wait for a connection event", Errno.EIO, cause);
    synchronized (this) {
      failure = why;
    }
    ConnectionEvents.Event end =
        new ConnectionEvents.Event(CmEvent.CONNECT_ERROR, -why.errno(), new byte[0]);
    for (QueuePair queuePair : queuePairs.values()) {
      tell(() -> queuePair.events().deliver(queuePair, end));
    }
    for (Listener listener : listeners.values()) {
      tell(() -> listener.handler().listenerLost(listener, why));
    }
  }

  private static void tell(Runnable handler) {
    try {
      handler.run();
    } catch (Throwable e) {
      LOG.error("A handler failed", e);
    }
  }

  private void dispatch(CmEvent event) {
    if (event.type() == CmEvent.CONNECT_REQUEST) {
      Listener listener = listeners.get(event.listener());
      if (listener == null) {
        Native.destroyId(event.cmId());
        return;
      }
      ConnectionRequest request =
          new ConnectionRequest(this, listener.handler(), event.cmId(), event.privateData());
      try {
        listener.handler().requested(request);
      } finally {
        request.reject(new byte[0]);
      }
      return;
    }
    Listener listener = listeners.get(event.cmId());
    if (listener != null && event.type() == CmEvent.DEVICE_REMOVAL) {
      listener
          .handler()
          .listenerLost(
              listener,
              new VerbsException(
                  "the listener on "
                      + text(listener.address())
                      + " cannot go on: the RDMA device was removed"));
      return;
    }
    QueuePair queuePair = queuePairs.get(event.cmId());
    if (queuePair != null) {
      queuePair.events().deliver(queuePair, event);
    }
  }

  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    List<AutoCloseable> all = new ArrayList<>(listeners.values());
    all.addAll(queuePairs.values());
    all.add(this::stop);
    all.add(() -> EventChannels.close(channelId));
    CloseAll.of(all);
  }

  private void stop() {
    Native.wake(channelId);
    boolean interrupted = false;
    while (thread.isAlive() && Thread.currentThread() != thread) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
