package io.dsa.lab.attack;

import io.dsa.protocol.ExtentGrant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Writes over and over, as fast as it can, until a write fails. */
final class Hammer {
  private static final String SUCCESS = "success";
  private static final int BLOCK = 4096;

  private final CompletableFuture<String> end = new CompletableFuture<>();
  private final CompletableFuture<Void> writing = new CompletableFuture<>();

  private Hammer(RawQueue queue) {
    Thread.ofPlatform().daemon().name("hammer").start(() -> run(queue));
  }

  /** Returns once the first write has succeeded. */
  static Hammer start(RawQueue queue) {
    Hammer hammer = new Hammer(queue);
    hammer.writing.join();
    return hammer;
  }

  private void run(RawQueue queue) {
    try {
      ExtentGrant grant = queue.grant();
      String status = SUCCESS;
      for (long i = 0; status.equals(SUCCESS); i++) {
        long offset = i * BLOCK % (grant.length() - BLOCK + 1);
        status = queue.write(grant.remoteAddress() + offset, BLOCK, grant.rkey());
        if (i == 0 && !status.equals(SUCCESS)) {
          writing.completeExceptionally(new IllegalStateException("cannot write: " + status));
        }
        writing.complete(null);
      }
      end.complete(status);
    } catch (Throwable e) {
      writing.completeExceptionally(e);
      end.completeExceptionally(e);
    }
  }

  /** How the first write failed that did. */
  String end() throws Exception {
    return end.completeOnTimeout(
            "still writing", AttackedServer.SOON.toMillis(), TimeUnit.MILLISECONDS)
        .get();
  }
}
