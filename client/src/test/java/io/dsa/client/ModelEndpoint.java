package io.dsa.client;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.dsa.verbs.Chain;
import io.dsa.verbs.ChainedWork;
import io.dsa.verbs.CompletionStatus;
import io.dsa.verbs.Completions;
import io.dsa.verbs.Errno;
import io.dsa.verbs.WorkRequests;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * A device as verbs describe it, which carries out work requests when it is told to: in order, with
 * a completion for those that are signaled and for every failure. It moves no data. It fails where
 * a real one would break: when the send queue overflows.
 */
final class ModelEndpoint implements Endpoint {
  private record Entry(long id, boolean signaled) {}

  private record Completion(long id, int status) {}

  private final int depth;
  private final Deque<Entry> sendQueue = new ArrayDeque<>();
  private final Deque<Completion> completionQueue = new ArrayDeque<>();

  /** Posted and not known to this end to have completed. */
  private long unretired;

  private long lastRetired = -1;
  private int doorbells;
  private int signaledCount;
  private int postErrno;
  private int chained;
  private boolean inError;
  private boolean connected = true;
  private boolean gone;

  ModelEndpoint(int depth) {
    this.depth = depth;
  }

  @Override
  public int post(WorkRequests requests) {
    if (gone) {
      return Errno.EBADF;
    }
    if (postErrno != 0) {
      return postErrno;
    }
    unretired += requests.size();
    if (unretired > depth) {
      throw new AssertionError("the send queue has overflown: " + unretired + " of " + depth);
    }
    doorbells++;
    for (int i = 0; i < requests.size(); i++) {
      sendQueue.add(new Entry(requests.id(i), requests.isSignaled(i)));
      signaledCount += requests.isSignaled(i) ? 1 : 0;
    }
    if (inError) {
      flush();
    }
    return 0;
  }

  /** Carries out that many work requests, if there are. */
  void run(int count) {
    for (int i = 0; i < count && !sendQueue.isEmpty(); i++) {
      Entry entry = sendQueue.poll();
      if (entry.signaled()) {
        completionQueue.add(new Completion(entry.id(), CompletionStatus.SUCCESS));
      }
    }
  }

  void runAll() {
    run(sendQueue.size());
  }

  /** Fails the next work request, and with it the queue pair. */
  void fail(int status) {
    if (!sendQueue.isEmpty()) {
      completionQueue.add(new Completion(sendQueue.poll().id(), status));
    }
    inError = true;
    flush();
  }

  private void flush() {
    while (!sendQueue.isEmpty()) {
      completionQueue.add(
          new Completion(sendQueue.poll().id(), CompletionStatus.WORK_REQUEST_FLUSHED));
    }
  }

  void refusePosts(int errno) {
    postErrno = errno;
  }

  void disconnect() {
    connected = false;
    fail(CompletionStatus.RETRY_EXCEEDED);
  }

  int doorbells() {
    return doorbells;
  }

  int signaledCount() {
    return signaledCount;
  }

  int queued() {
    return sendQueue.size();
  }

  @Override
  public int poll(Completions completions, int times) {
    if (gone) {
      return GONE;
    }
    int count = 0;
    while (count < completions.capacity() && !completionQueue.isEmpty()) {
      Completion completion = completionQueue.poll();
      long at = (long) count++ * Completions.BYTES;
      completions.memory().set(JAVA_LONG, at, completion.id());
      completions.memory().set(JAVA_INT, at + 8, completion.status());
      unretired -= completion.id() - lastRetired;
      lastRetired = completion.id();
    }
    return count;
  }

  @Override
  public int poll(Completions completions, int times, Chain chain, long after) {
    int count = poll(completions, times);
    boolean due =
        count > 0
            && completions.status(count - 1) == CompletionStatus.SUCCESS
            && completions.workRequestId(count - 1) - after >= 0;
    if (due) {
      chained++;
      ChainedWork.settle(chain, post(ChainedWork.of(chain)));
    } else {
      ChainedWork.leave(chain);
    }
    return count;
  }

  /** Batches that were posted, or tried to be, by a poll. */
  int chained() {
    return chained;
  }

  @Override
  public int await(Completions completions, long nanos) {
    if (completionQueue.isEmpty()) {
      runAll();
    }
    return poll(completions, 1);
  }

  @Override
  public void wake() {}

  @Override
  public boolean isConnected() {
    return connected;
  }

  @Override
  public void close() {
    gone = true;
  }
}
