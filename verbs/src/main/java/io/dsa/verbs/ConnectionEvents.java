package io.dsa.verbs;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * The connection events of one queue pair, handed from the manager's thread to whom they concern.
 */
final class ConnectionEvents {
  /** One event, copied out of the memory that the next one overwrites. */
  record Event(int type, int status, byte[] privateData) {}

  private final LinkedBlockingQueue<Event> connecting = new LinkedBlockingQueue<>();
  private final ConnectionHandler handler;
  private volatile Runnable lost;
  private volatile boolean connected;
  private volatile boolean ended;

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
    lost = onLost;
    connected = true;
    if (ended) {
      connected = false;
      onLost.run();
    }
  }

  /** On the manager's thread. */
  void deliver(QueuePair queuePair, CmEvent event) {
    int type = event.type();
    if (type == CmEvent.ESTABLISHED && handler != null) {
      connected = true;
      handler.established(queuePair);
      return;
    }
    boolean fatal =
        type == CmEvent.DISCONNECTED
            || type == CmEvent.DEVICE_REMOVAL
            || type == CmEvent.CONNECT_ERROR
            || type == CmEvent.UNREACHABLE
            || type == CmEvent.REJECTED;
    if (fatal && !ended) {
      ended = true;
      connected = false;
      queuePair.fail();
      if (handler != null) {
        handler.disconnected(queuePair);
      } else if (lost != null) {
        lost.run();
      }
    }
    if (handler == null && lost == null) {
      connecting.add(new Event(type, event.status(), event.privateData()));
    }
  }
}
