package io.dsa.client;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** How much of a volume may be in flight at once; callers beyond wait. Thread-safe. */
final class Admission {
  private final int maxRequests;
  private final int maxBytes;
  private final Semaphore requests;
  private final Semaphore bytes;
  private volatile int extra;

  Admission(int maxRequests, int maxBytes) {
    this.maxRequests = maxRequests;
    this.maxBytes = maxBytes;
    this.requests = new Semaphore(maxRequests, true);
    this.bytes = new Semaphore(maxBytes, true);
  }

  /**
   * Waits for room.
   *
   * @param deadline in terms of {@link System#nanoTime}
   * @throws DsaException LIMIT at the deadline
   */
  void enter(Operation<?> operation, long deadline) {
    if (!enter(requests, 1, deadline)) {
      throw refused(operation, maxRequests + " requests");
    }
    int size = sizeOf(operation);
    boolean entered = false;
    try {
      entered = size == 0 || enter(bytes, size, deadline);
    } finally {
      if (!entered) {
        requests.release();
      }
    }
    if (!entered) {
      throw refused(operation, maxBytes + " bytes");
    }
  }

  private static boolean enter(Semaphore room, int permits, long deadline) {
    // Past those who wait already, a large request would never get its turn.
    if (!room.hasQueuedThreads() && room.tryAcquire(permits)) {
      return true;
    }
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return room.tryAcquire(permits, deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static DsaException refused(Operation<?> operation, String limit) {
    return new DsaException(
        DsaException.Category.LIMIT,
        "a "
            + operation.text()
            + " found no room before its deadline: "
            + limit
            + " of this volume may be in flight at once, and were");
  }

  void leave(Operation<?> operation) {
    bytes.release(sizeOf(operation));
    requests.release();
  }

  private int sizeOf(Operation<?> operation) {
    return operation.kind() == Operation.Kind.FLUSH
        ? 0
        : (int) Math.min(operation.length(), maxBytes);
  }

  /** Lets everybody through who waits, or will. */
  void open() {
    extra = Integer.MAX_VALUE / 2 - maxRequests;
    requests.release(extra);
    bytes.release(Integer.MAX_VALUE / 2 - maxBytes);
  }

  /** Requests in flight. */
  int inFlight() {
    return maxRequests + extra - requests.availablePermits();
  }
}
