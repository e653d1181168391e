package io.dsa.verbs;

import com.ibm.disni.verbs.RdmaEventChannel;
import com.ibm.disni.verbs.impl.NatRdmaEventChannel;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.time.Duration;
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

  private final RdmaEventChannel channel;
  private final long channelId;
  private final Thread thread;
  private final Map<Long, QueuePair> queuePairs = new ConcurrentHashMap<>();
  private final Map<Long, Listener> listeners = new ConcurrentHashMap<>();
  private volatile boolean closed;

  private ConnectionManager(RdmaEventChannel channel, String name) {
    this.channel = channel;
    this.channelId = ((NatRdmaEventChannel) channel).getObjId();
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
    long cmId = createId();
    try (Arena arena = Arena.ofConfined()) {
      String what = "listen on " + text(address);
      Native.check(what, Native.bind(cmId, SocketAddressLayout.allocate(arena, address)));
      InetSocketAddress bound = new InetSocketAddress(address.getAddress(), Native.port(cmId));
      Listener listener = new Listener(this, cmId, bound, handler);
      listeners.put(cmId, listener);
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
   * @param onLost run once on the manager's thread should the connection be lost later
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
    int millis = Math.clamp(timeout.toMillis(), 1, Integer.MAX_VALUE);
    QueuePair queuePair = adopt(createId(), null);
    try (Arena arena = Arena.ofConfined()) {
      long cmId = queuePair.cmId();
      MemorySegment address = SocketAddressLayout.allocate(arena, remote);
      Native.check("resolve the address", Native.resolveAddress(cmId, address, millis));
      expect(CmEvent.ADDR_RESOLVED, queuePair, remote, deadline);
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

  private static void expect(int type, QueuePair queuePair, InetSocketAddress remote, long deadline)
      throws InterruptedException {
    ConnectionEvents.Event event = queuePair.events().await(deadline);
    if (event == null) {
      throw refusal(
          ConnectException.Reason.TIMED_OUT, remote, "no answer in time", new byte[0], null);
    }
    if (event.type() == type) {
      return;
    }
    if (event.type() == CmEvent.REJECTED) {
      boolean byProgram = event.status() == CmEvent.REASON_CONSUMER;
      throw refusal(
          byProgram ? ConnectException.Reason.REFUSED : ConnectException.Reason.NOBODY_LISTENS,
          remote,
          byProgram ? "the server refused" : "nobody listens there",
          event.privateData(),
          null);
    }
    int errno = Math.abs(event.status());
    throw refusal(reasonOf(errno), remote, Errno.text(errno), new byte[0], null);
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

  private long createId() {
    if (closed) {
      throw new IllegalStateException("the connection manager is closed");
    }
    long cmId = Native.createId(channelId);
    Native.check("create a connection id", cmId);
    return cmId;
  }

  QueuePair adopt(long cmId, ConnectionHandler handler) {
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
    while (!closed) {
      int count = Native.nextEvent(channelId, event.memory(), FOREVER);
      if (count == 1) {
        try {
          dispatch(event);
        } catch (RuntimeException e) {
          LOG.warn("A connection event of type {} could not be handled", event.type(), e);
        }
      } else if (count == -Errno.EBADF) {
        return;
      }
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
        request.rejectIfUnanswered();
      }
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
    listeners.values().forEach(Listener::close);
    queuePairs.values().forEach(QueuePair::close);
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
    try {
      channel.destroyEventChannel();
    } catch (IOException e) {
      throw new VerbsException("close an RDMA event channel", e);
    }
  }
}
