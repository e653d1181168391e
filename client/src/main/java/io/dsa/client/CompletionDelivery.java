package io.dsa.client;

import io.dsa.verbs.Completions;

/**
 * Takes in what the device has completed and hands it to the user, in two steps: first all accounts
 * are settled, then the user's code runs, so that whatever that does loses nothing. Confined to the
 * queue's thread.
 */
final class CompletionDelivery {
  private static final int POLLED_AT_ONCE = 64;

  /**
   * Polls between two looks at the clock, some tens of microseconds: what completes while nobody
   * polls is seen later, and whoever wakes this thread waits as long. Without a pause between them:
   * it would help only the processor's other thread, and in a virtual machine it can leave that for
   * the host.
   */
  private static final int POLLS_A_LOOK = 1024;

  private final Endpoint endpoint;
  private final QueueState state;
  private final RequestTable requests;
  private final SendQueue sends;
  private final PersistCalls persistCalls;
  private final WaitMode waitMode;
  private final Completions completions = new Completions(POLLED_AT_ONCE);
  private final SpinTime spinTime = new SpinTime();
  private boolean delivering;
  private volatile boolean woken;

  CompletionDelivery(
      Endpoint endpoint,
      QueueState state,
      RequestTable requests,
      SendQueue sends,
      PersistCalls persistCalls,
      WaitMode waitMode) {
    this.endpoint = endpoint;
    this.state = state;
    this.requests = requests;
    this.sends = sends;
    this.persistCalls = persistCalls;
    this.waitMode = waitMode;
  }

  /** Ends the current wait, or the next one; from any thread. */
  void wake() {
    woken = true;
    endpoint.wake();
  }

  int poll(CompletionHandler handler, int times) {
    checkNotDelivering();
    gather(sends.poll(completions, 1));
    // In portions, since a request may end by something else than a completion.
    for (int left = times - 1; left > 0 && isAwaited(); left -= POLLS_A_LOOK) {
      gather(sends.poll(completions, Math.min(left, POLLS_A_LOOK)));
    }
    return deliver(handler);
  }

  int await(CompletionHandler handler, long timeoutNanos) {
    checkNotDelivering();
    gather(sends.poll(completions, 1));
    if (isAwaited()) {
      awaitEnded(timeoutNanos);
    }
    return deliver(handler);
  }

  private boolean isAwaited() {
    return requests.endedCount() == 0 && requests.inFlight() > 0;
  }

  private void checkNotDelivering() {
    if (delivering) {
      throw new IllegalStateException("a completion handler must not poll its own queue");
    }
  }

  private void awaitEnded(long timeoutNanos) {
    long spin =
        switch (waitMode) {
          case SPIN -> timeoutNanos;
          case BLOCK -> 0;
          case ADAPTIVE -> spinTime.nanos();
        };
    long start = System.nanoTime();
    long elapsed = 0;
    while (requests.endedCount() == 0 && elapsed < timeoutNanos && !woken) {
      if (elapsed < spin) {
        gather(sends.poll(completions, POLLS_A_LOOK));
      } else {
        gather(endpoint.await(completions, timeoutNanos - elapsed));
      }
      elapsed = System.nanoTime() - start;
    }
    woken = false;
    if (waitMode == WaitMode.ADAPTIVE && spin > 0) {
      spinTime.spun(requests.endedCount() > 0 && elapsed < spin);
    }
  }

  private void gather(int count) {
    if (count == Endpoint.GONE) {
      // Not before: the caller may use the buffers again as soon as it hears of the requests.
      sends.abandon(IoStatus.CLOSED);
      requests.endAll(IoStatus.CLOSED);
      return;
    }
    for (int i = 0; i < count; i++) {
      IoStatus status = IoStatus.ofCompletion(completions.status(i));
      if (status != IoStatus.OK) {
        state.fail();
      }
      if (state.isClosed() && status == IoStatus.DISCONNECTED) {
        status = IoStatus.CLOSED;
      }
      sends.complete(completions.workRequestId(i), status);
    }
    persistCalls.progress();
    sends.continueChain();
  }

  /** Hands over what has ended; what the handler makes end itself waits for the next time. */
  private int deliver(CompletionHandler handler) {
    int count = requests.endedCount();
    delivering = true;
    try {
      for (int i = 0; i < count; i++) {
        int request = requests.nextEnded();
        long token = requests.token(request);
        IoStatus status = requests.status(request);
        requests.free(request);
        handler.completed(token, status);
      }
    } finally {
      delivering = false;
    }
    return count;
  }
}
