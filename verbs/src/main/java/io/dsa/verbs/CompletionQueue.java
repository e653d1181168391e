package io.dsa.verbs;

import com.ibm.disni.verbs.IbvCQ;
import com.ibm.disni.verbs.IbvCompChannel;
import com.ibm.disni.verbs.impl.NatIbvCQ;
import com.ibm.disni.verbs.impl.NatIbvCompChannel;
import java.io.IOException;
import java.time.Duration;

/**
 * A completion queue with a channel of its own to wait on (ibv_create_cq(3)). One thread polls and
 * waits; {@link #wake} and {@link #close} may be called from any thread.
 */
public final class CompletionQueue implements AutoCloseable {
  private final IbvCompChannel channel;
  private final IbvCQ queue;
  private final long channelId;
  private final long id;
  private boolean closed;

  CompletionQueue(IbvCompChannel channel, IbvCQ queue) {
    this.channel = channel;
    this.queue = queue;
    this.channelId = ((NatIbvCompChannel) channel).getObjId();
    this.id = ((NatIbvCQ) queue).getObjId();
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
    int count = Native.pollCompletions(id, completions.memory(), completions.capacity());
    if (count < 0) {
      throw new VerbsException("poll a completion queue", Native.errno(count));
    }
    return count;
  }

  /** Asks for one event when the next completion comes (ibv_req_notify_cq(3)); then poll again. */
  public void requestNotification() {
    Native.check("arm a completion queue", Native.requestNotification(id));
  }

  /**
   * Blocks until an event that {@link #requestNotification} asked for, a wake, or the time's end.
   *
   * @return whether there was an event
   */
  public boolean awaitEvent(Duration timeout) {
    long millis = timeout.toMillis();
    int waited = Native.awaitCompletionEvent(channelId, Math.clamp(millis, 0, Integer.MAX_VALUE));
    if (waited == -Errno.ECANCELED || waited == -Errno.EINTR) {
      return false;
    }
    Native.check("wait for a completion event", Math.min(waited, 0));
    return waited > 0;
  }

  /** Ends the current wait in {@link #awaitEvent}, or the next one; when closed, does nothing. */
  public void wake() {
    Native.wake(channelId);
  }

  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    try {
      if (queue.destroyCQ() != 0) {
        throw new VerbsException("destroy a completion queue", Errno.EBUSY);
      }
      closed = true;
      channel.destroyCompChannel();
    } catch (IOException e) {
      throw new VerbsException("destroy a completion queue", e);
    }
  }
}
