package io.dsa.verbs;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * The connection events of one queue pair, handed from the manager's thread to whom they concern.
 */
final class ConnectionEvents {
  /** The type of the event that {@link #close} makes; no event of the kernel has it. */
  static final int CLOSED = -1;

  /** One event, copied out of the memory that the next one overwrites. */
  record Event(int type, int status, byte[] privateData) {}

  private final LinkedBlockingQueue<Event> connecting = new LinkedBlockingQueue<>();
  private final ConnectionHandler handler;

  /** Set once: what to run at a loss, and that nobody waits for events any more. Under this. */
  private Runnable lost;

  /** Never unset. Whoever sets it tells of the loss, and nobody else. Under this. */
  private boolean ended;

  private volatile boolean connected;

  /** With a handler for a passive end, with null for an active end, which waits for its events. */
  ConnectionEvents(ConnectionHandler handler) {
    this.handler = handler;
  }

  boolean isConnected() {
    return connected;
  }

  /** Waits for the next event while connecting; null at the time's end. */
  Event await(long deadlineNanos) throws InterruptedException {
    return connecting.poll(deadlineNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
  }

  /** From now on events are no longer waited for; a loss, even one that came already, is told. */
  void connected(Runnable onLost) {
    synchronized (this) {
      lost = onLost;
      if (!ended) {
        connected = true;
        return;
      }
    }
    onLost.run();
  }

  /** Ends a wait; nothing is told any more. */
  synchronized void close() {
    ended = true;
    connected = false;
    connecting.add(new Event(CLOSED, 0, new byte[0]));
  }

  /** On the manager's thread. */
  void deliver(QueuePair queuePair, CmEvent event) {
    deliver(queuePair, new Event(event.type(), event.status(), event.privateData()));
  }

  void deliver(QueuePair queuePair, Event event) {
    if (event.type() == CmEvent.ESTABLISHED && handler != null) {
      synchronized (this) {
        if (ended) {
          return;
        }
        connected = true;
      }
      handler.established(queuePair);
      return;
    }
    boolean first = false;
    Runnable tell;
    synchronized (this) {
      tell = lost;
      if (isEnd(event.type())) {
        first = !ended;
        ended = true;
        connected = false;
      }
    }
    if (first) {
      queuePair.fail();
    }
    if (first && handler != null) {
      handler.disconnected(queuePair);
    } else if (first && tell != null) {
      tell.run();
    }
    if (handler == null && tell == null) {
      connecting.add(event);
    }
  }

  private static boolean isEnd(int type) {
    return switch (type) {
      case CmEvent.DISCONNECTED,
          CmEvent.DEVICE_REMOVAL,
          CmEvent.CONNECT_ERROR,
          CmEvent.UNREACHABLE,
          CmEvent.REJECTED ->
          true;
      default -> false;
    };
  }
}
