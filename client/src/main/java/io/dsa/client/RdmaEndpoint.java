package io.dsa.client;

import io.dsa.verbs.Chain;
import io.dsa.verbs.CloseAll;
import io.dsa.verbs.CompletionQueue;
import io.dsa.verbs.Completions;
import io.dsa.verbs.QueuePair;
import io.dsa.verbs.QueuePairAttributes;
import io.dsa.verbs.QueuePairOptions;
import io.dsa.verbs.VerbsException;
import io.dsa.verbs.WorkRequests;
import java.net.InetSocketAddress;
import java.time.Duration;

/** A queue pair of a device, with a completion queue of its own. */
final class RdmaEndpoint implements Endpoint {
  private final QueuePair queuePair;
  private final CompletionQueue completionQueue;
  private volatile boolean lost;

  /** The queue pair is destroyed: from here on nothing reaches a buffer. */
  private volatile boolean gone;

  private RdmaEndpoint(QueuePair queuePair, CompletionQueue completionQueue) {
    this.queuePair = queuePair;
    this.completionQueue = completionQueue;
  }

  static RdmaEndpoint connect(
      DataPlane data,
      InetSocketAddress target,
      byte[] privateData,
      int sendDepth,
      Duration timeout) {
    LostSignal signal = new LostSignal();
    CompletionQueue completionQueue = data.device().createCompletionQueue(sendDepth);
    try {
      QueuePair queuePair =
          data.connections()
              .connect(
                  target,
                  new QueuePairOptions(data.domain(), completionQueue, sendDepth, 1),
                  privateData,
                  timeout,
                  signal);
      RdmaEndpoint endpoint = new RdmaEndpoint(queuePair, completionQueue);
      signal.arm(endpoint);
      return endpoint;
    } catch (RuntimeException e) {
      completionQueue.close();
      throw e;
    } catch (InterruptedException e) {
      completionQueue.close();
      Thread.currentThread().interrupt();
      throw new DsaException(
          DsaException.Category.TIMED_OUT, "interrupted while connecting a queue", e);
    }
  }

  /** Hears of a loss on the connection thread, even one that comes before the endpoint is made. */
  private static final class LostSignal implements Runnable {
    private RdmaEndpoint endpoint;
    private boolean lost;

    @Override
    public synchronized void run() {
      lost = true;
      if (endpoint != null) {
        endpoint.lost = true;
        endpoint.wake();
      }
    }

    synchronized void arm(RdmaEndpoint made) {
      endpoint = made;
      made.lost = lost;
    }
  }

  /** What the queue pair was granted when it was made. */
  QueuePairAttributes granted() {
    return queuePair.granted();
  }

  @Override
  public int post(WorkRequests requests) {
    return queuePair.post(requests);
  }

  @Override
  public int poll(Completions completions, int times) {
    if (gone) {
      return GONE;
    }
    try {
      return completionQueue.poll(completions, times);
    } catch (VerbsException e) {
      return goneOr(e);
    }
  }

  @Override
  public int poll(Completions completions, int times, Chain chain, long after) {
    chain.follow(queuePair, after);
    if (gone) {
      return GONE;
    }
    try {
      return completionQueue.poll(completions, times, chain);
    } catch (VerbsException e) {
      return goneOr(e);
    }
  }

  @Override
  public int await(Completions completions, long nanos) {
    if (gone) {
      return GONE;
    }
    try {
      return completionQueue.await(completions, nanos);
    } catch (VerbsException e) {
      return goneOr(e);
    }
  }

  private int goneOr(VerbsException failure) {
    if (gone) {
      return GONE;
    }
    throw failure;
  }

  @Override
  public void wake() {
    completionQueue.wake();
  }

  @Override
  public boolean isConnected() {
    return !lost && queuePair.isConnected();
  }

  /** The queue pair goes first: completions must not outlive what they complete in. */
  @Override
  public void close() {
    CloseAll.inOrder(queuePair, () -> gone = true, completionQueue);
  }
}
