package io.dsa.verbs.darpc;

import java.util.ArrayDeque;

/**
 * Who may use the pipeline and who waits for it, first come first served. A slot is held from
 * before the send until both the reply has arrived and the send has completed: longer than the
 * caller waits, when its deadline is short. Thread-safe; never blocks.
 */
final class CallSlots<C> {
  enum Admission {
    /** The caller holds a slot: send. */
    SEND,
    /** Queued: {@link #leave} will hand the slot over. */
    WAIT,
    /** Too many wait already. */
    FULL,
    /** {@link #close} was here. */
    CLOSED
  }

  private final int maxWaiting;
  private final ArrayDeque<C> waiting = new ArrayDeque<>();
  private int free;
  private boolean closed;

  CallSlots(int slots, int maxWaiting) {
    this.free = slots;
    this.maxWaiting = maxWaiting;
  }

  synchronized Admission enter(C call) {
    if (closed) {
      return Admission.CLOSED;
    }
    if (free > 0) {
      free--;
      return Admission.SEND;
    }
    if (waiting.size() >= maxWaiting) {
      return Admission.FULL;
    }
    waiting.add(call);
    return Admission.WAIT;
  }

  /** Takes a call out of the queue: true means that it was never sent and never will be. */
  synchronized boolean withdraw(C call) {
    return waiting.remove(call);
  }

  /** Gives a slot back. Returns the call that now holds it and must be sent, or null. */
  synchronized C leave() {
    C next = waiting.poll();
    if (next == null) {
      free++;
    }
    return next;
  }

  /** Lets nobody in any more, those that wait included. */
  synchronized void close() {
    closed = true;
    waiting.clear();
  }

  synchronized int free() {
    return free;
  }
}
