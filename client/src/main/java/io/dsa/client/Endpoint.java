package io.dsa.client;

import io.dsa.verbs.Chain;
import io.dsa.verbs.Completions;
import io.dsa.verbs.WorkRequests;

/**
 * What carries the work requests of one queue: a connected queue pair and where it completes.
 *
 * <p>One thread posts, polls and waits; {@link #wake} and {@link #close} may be called from any.
 */
interface Endpoint extends AutoCloseable {
  /** Instead of a count: nothing comes any more, and nothing reaches a buffer any more. */
  int GONE = -1;

  /**
   * Queues all of the requests in order under one doorbell, or none.
   *
   * @return 0, or an errno
   */
  int post(WorkRequests requests);

  /**
   * Takes completions without waiting.
   *
   * @param times to look for the first one, at least 1, without a pause
   * @return how many, or {@link #GONE}
   */
  int poll(Completions completions, int times);

  /**
   * Takes completions as {@link #poll(Completions, int)} does, and posts what is chained before it
   * returns, if it finds that the work request with that wr_id is complete, or a later one.
   *
   * @param chain says afterwards whether it was posted
   */
  int poll(Completions completions, int times, Chain chain, long after);

  /**
   * Takes completions, and blocks for the first one until it comes, a wake, or the time's end.
   *
   * @return how many, or {@link #GONE}
   */
  int await(Completions completions, long nanos);

  /** Ends the current wait, or the next one. */
  void wake();

  /** Whether the connection stands, as far as this end knows. */
  boolean isConnected();

  @Override
  void close();
}
