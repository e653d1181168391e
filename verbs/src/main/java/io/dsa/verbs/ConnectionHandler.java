package io.dsa.verbs;

/**
 * What becomes of the connections of a {@link Listener}. Every method runs on the thread of the
 * {@link ConnectionManager}: it must be brief, must not wait for another connection event, and may
 * throw, which costs only the connection that it was about.
 */
public interface ConnectionHandler {
  /** Accept or reject; a request that is left alone is rejected. */
  void requested(ConnectionRequest request);

  /** A connection that was accepted stands: both ends may post. */
  void established(QueuePair queuePair);

  /**
   * A connection that was accepted is gone, or never came to stand. Called once; the queue pair is
   * in the error state and still to be closed.
   */
  void disconnected(QueuePair queuePair);

  /**
   * The listener takes no connections any more, because its device was removed or the manager
   * cannot go on. Called once; the listener is still to be closed.
   */
  default void listenerLost(Listener listener, VerbsException why) {}
}
