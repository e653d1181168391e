package io.dsa.client;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.dsa.verbs.Chain;
import io.dsa.verbs.CompletionStatus;
import io.dsa.verbs.Completions;
import io.dsa.verbs.Errno;
import io.dsa.verbs.PostedWork;
import io.dsa.verbs.WorkRequests;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;

/**
 * A queue pair to a {@link ModelServer} that moves real bytes, a random number of work requests at
 * a time. Its memory is what the addresses say, as for a real device.
 */
final class MovingEndpoint implements Endpoint {
  private record Completion(long id, int status) {}

  private final ModelServer server;
  private final Random random;
  private final Deque<PostedWork> sendQueue = new ArrayDeque<>();
  private final Deque<Completion> completionQueue = new ArrayDeque<>();
  private boolean connected = true;
  private boolean gone;
  private boolean woken;
  private int waits;

  MovingEndpoint(ModelServer server, long seed) {
    this.server = server;
    this.random = new Random(seed);
  }

  @Override
  public synchronized int post(WorkRequests requests) {
    if (gone) {
      return Errno.EBADF;
    }
    if (!connected) {
      return Errno.ENOTCONN;
    }
    for (int i = 0; i < requests.size(); i++) {
      sendQueue.add(PostedWork.of(requests, i));
    }
    server.posted(requests.size());
    return 0;
  }

  private void carryOut(int most) {
    for (int i = 0; i < most && connected && !sendQueue.isEmpty() && !server.isHeld(); i++) {
      PostedWork work = sendQueue.poll();
      int status = server.carryOut(work);
      if (status != CompletionStatus.SUCCESS) {
        completionQueue.add(new Completion(work.id(), status));
        breakDown();
      } else if (work.signaled()) {
        completionQueue.add(new Completion(work.id(), status));
      }
    }
  }

  /** The server is gone, or the network. */
  synchronized void disconnect() {
    if (connected) {
      if (!sendQueue.isEmpty() && random.nextBoolean()) {
        // It took effect, but nobody hears of that.
        server.carryOut(sendQueue.peek());
      }
      if (!sendQueue.isEmpty()) {
        completionQueue.add(new Completion(sendQueue.poll().id(), CompletionStatus.RETRY_EXCEEDED));
      }
      breakDown();
    }
  }

  /** What is posted fails as where the window was taken away. */
  synchronized void revoke() {
    if (!sendQueue.isEmpty()) {
      completionQueue.add(
          new Completion(sendQueue.poll().id(), CompletionStatus.REMOTE_ACCESS_ERROR));
    }
    breakDown();
  }

  private void breakDown() {
    connected = false;
    while (!sendQueue.isEmpty()) {
      completionQueue.add(
          new Completion(sendQueue.poll().id(), CompletionStatus.WORK_REQUEST_FLUSHED));
    }
    notifyAll();
  }

  @Override
  public synchronized int poll(Completions completions, int times) {
    if (gone) {
      return GONE;
    }
    carryOut(random.nextInt(8));
    int count = 0;
    while (count < completions.capacity() && !completionQueue.isEmpty()) {
      Completion completion = completionQueue.poll();
      long at = (long) count++ * Completions.BYTES;
      completions.memory().set(JAVA_LONG, at, completion.id());
      completions.memory().set(JAVA_INT, at + 8, completion.status());
    }
    return count;
  }

  /** It posts nothing by itself; what is chained is then posted by who polls. */
  @Override
  public int poll(Completions completions, int times, Chain chain, long after) {
    return poll(completions, times);
  }

  @Override
  public synchronized int await(Completions completions, long nanos) {
    waits++;
    long until = System.nanoTime() + Math.min(nanos, Long.MAX_VALUE / 4);
    carryOut(1 + random.nextInt(8));
    while (!gone && !woken && completionQueue.isEmpty()) {
      long left = until - System.nanoTime();
      if (left <= 0) {
        break;
      }
      carryOut(8);
      if (completionQueue.isEmpty()) {
        try {
          wait(Math.min(left / 1_000_000 + 1, 60_000));
        } catch (InterruptedException e) {
          throw new AssertionError(e);
        }
      }
    }
    woken = false;
    return poll(completions, 1);
  }

  /** Waits that were begun. */
  synchronized int waits() {
    return waits;
  }

  /** The server goes on. */
  synchronized void proceed() {
    notifyAll();
  }

  @Override
  public synchronized void wake() {
    woken = true;
    notifyAll();
  }

  @Override
  public synchronized boolean isConnected() {
    return connected;
  }

  @Override
  public synchronized void close() {
    gone = true;
    connected = false;
    server.forget(this);
    notifyAll();
  }
}
