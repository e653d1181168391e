package io.dsa.client;

/**
 * Whether a queue can still do anything. It ends once, by {@link #close} or by a failure, and never
 * comes back.
 */
final class QueueState {
  private final Endpoint endpoint;
  private volatile boolean closed;
  private boolean failed;

  QueueState(Endpoint endpoint) {
    this.endpoint = endpoint;
  }

  /**
   * From now on requests that end unfinished were given up by this end; from any thread.
   *
   * @return false where that is not new
   */
  synchronized boolean close() {
    boolean first = !closed;
    closed = true;
    return first;
  }

  boolean isClosed() {
    return closed;
  }

  /** A work request has failed: the queue pair is in error, what follows is flushed. */
  void fail() {
    failed = true;
  }

  /** Why nothing is posted any more, or OK. For the queue's thread. */
  IoStatus refusal() {
    if (closed) {
      return IoStatus.CLOSED;
    }
    return failed || !endpoint.isConnected() ? IoStatus.DISCONNECTED : IoStatus.OK;
  }
}
