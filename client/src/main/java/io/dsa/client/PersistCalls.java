package io.dsa.client;

import io.dsa.protocol.Done;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * The persist calls of one queue: the second half of a flush by way of the server. A few are under
 * way at a time, the rest wait in the request table. Confined to the queue's thread; answers arrive
 * on others and wake it.
 */
final class PersistCalls {
  /** Less than the control connection takes at a time, which is there for others too. */
  private static final int MOST_UNDER_WAY = 4;

  /** Asks the server to write a range back; the future fails only with a {@link DsaException}. */
  @FunctionalInterface
  interface Server {
    CompletableFuture<Done> persist(long offset, long length);
  }

  private record Answer(int request, IoStatus status) {}

  private final Server server;
  private final RequestTable requests;
  private final Runnable wake;
  private final ConcurrentLinkedQueue<Answer> answers = new ConcurrentLinkedQueue<>();
  private int underWay;

  PersistCalls(Server server, RequestTable requests, Runnable wake) {
    this.server = server;
    this.requests = requests;
    this.wake = wake;
  }

  /** Takes the answers that have come, and makes the calls that are due. */
  void progress() {
    for (Answer answer = answers.poll(); answer != null; answer = answers.poll()) {
      underWay--;
      requests.persisted(answer.request(), answer.status());
    }
    while (underWay < MOST_UNDER_WAY) {
      int request = requests.nextDue();
      if (request < 0) {
        return;
      }
      underWay++;
      call(request);
    }
  }

  private void call(int request) {
    CompletableFuture<Done> _ =
        server
            .persist(requests.persistOffset(request), requests.persistLength(request))
            .whenComplete((done, failure) -> {
              answers.add(new Answer(request, statusOf(failure)));
              wake.run();
            });
  }

  private static IoStatus statusOf(Throwable failure) {
    if (failure == null) {
      return IoStatus.OK;
    }
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    if (!(cause instanceof DsaException dsa)) {
      return IoStatus.REMOTE_ERROR;
    }
    if (dsa.isRevocation()) {
      // The windows are going in this moment.
      return IoStatus.ACCESS_DENIED;
    }
    return switch (dsa.category()) {
      case DISCONNECTED, TIMED_OUT -> IoStatus.DISCONNECTED;
      default -> IoStatus.REMOTE_ERROR;
    };
  }
}
