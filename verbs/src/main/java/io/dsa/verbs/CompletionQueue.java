package io.dsa.verbs;

import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.time.Duration;

/**
 * A completion queue with a channel of its own to wait on (ibv_create_cq(3)). One thread polls and
 * waits; {@link #wake} and {@link #close} may be called from any thread.
 */
public final class CompletionQueue implements AutoCloseable {
  private final long channelId;
  private final long id;
  private boolean closed;

  private CompletionQueue(long channelId, long id) {
    this.channelId = channelId;
    this.id = id;
  }

  static CompletionQueue create(long context, int entries) {
    String what = "create a completion queue of " + entries + " entries";
    long channel = Native.createCompletionChannel(context);
    Native.check(what, channel);
    long queue = Native.createCompletionQueue(context, channel, entries);
    if (queue < 0) {
      Native.destroyCompletionChannel(channel);
      throw new VerbsException(what, Native.errno(queue));
    }
    return new CompletionQueue(channel, queue);
  }

  long id() {
    return id;
  }

  /**
   * Takes completions without waiting (ibv_poll_cq(3)).
   *
   * @param completions overwritten with what was there
   * @return how many; 0 if none
   */
  public int poll(Completions completions) {
    return poll(completions, 1);
  }

  /**
   * Takes completions as {@link #poll(Completions)} does, polling up to so many times for the first
   * one, without a pause. {@link #close} ends it, {@link #wake} does not.
   *
   * @param times at least 1
   * @return how many; 0 if none came
   * @throws VerbsException EINVAL for a number of times that is not positive, EBADF when it is
   *     closed
   */
  public int poll(Completions completions, int times) {
    return poll(completions, times, MemorySegment.NULL);
  }

  /**
   * Takes completions as {@link #poll(Completions, int)} does, and posts what is chained to one of
   * them before it returns: the device has its next request before anybody has looked at the last.
   *
   * @param chain says afterwards whether it was posted; of the one queue pair that completes here
   */
  public int poll(Completions completions, int times, Chain chain) {
    try {
      return poll(completions, times, chain.memory());
    } finally {
      // It names the requests by their address.
      Reference.reachabilityFence(chain);
    }
  }

  private int poll(Completions completions, int times, MemorySegment chain) {
    int count =
        Native.pollCompletions(id, completions.memory(), completions.capacity(), times, chain);
    if (count < 0) {
      throw new VerbsException("poll a completion queue", Native.errno(count));
    }
    return count;
  }

  /**
   * Takes completions as {@link #poll(Completions)} does, and blocks for the first one if there is
   * none: until it comes, a {@link #wake}, or the time's end. It asks for the notification itself.
   *
   * @param nanos the time to wait at most
   * @return how many; 0 at the time's end or after a wake
   */
  public int await(Completions completions, long nanos) {
    int count =
        Native.awaitCompletions(
            id, channelId, completions.memory(), completions.capacity(), Math.max(nanos, 0));
    if (count == -Errno.ECANCELED) {
      return 0;
    }
    if (count < 0) {
      throw new VerbsException("wait for completions", Native.errno(count));
    }
    return count;
  }

  /** Asks for one event when the next completion comes (ibv_req_notify_cq(3)); then poll again. */
  public void requestNotification() {
    Native.check("arm a completion queue", Native.requestNotification(id));
  }

  /**
   * Blocks until an event that {@link #requestNotification} asked for, a wake, or the time's end,
   * which is rounded up to a millisecond.
   *
   * @return whether there was an event
   */
  public boolean awaitEvent(Duration timeout) {
    int waited = Native.awaitCompletionEvent(channelId, WaitTime.millis(timeout));
    if (waited == -Errno.ECANCELED || waited == -Errno.EINTR) {
      return false;
    }
    Native.check("wait for a completion event", Math.min(waited, 0));
    return waited > 0;
  }

  /**
   * Ends the current wait in {@link #awaitEvent}, or the next one. Wakes do not add up; when
   * closed, this does nothing.
   */
  public void wake() {
    Native.wake(channelId);
  }

  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    CloseAll.inOrder(
        () -> Native.check("destroy a completion queue", Native.destroyCompletionQueue(id)),
        () ->
            Native.check(
                "destroy a completion channel", Native.destroyCompletionChannel(channelId)));
  }
}
