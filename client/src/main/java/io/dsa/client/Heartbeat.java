package io.dsa.client;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Keeps a session's lease: three times in its length the server is told that this end lives. The
 * answer is this end's proof that the server lives: a host or a link that is gone tells nobody, and
 * a session that nothing comes back on is given up. Thread-safe; it has no thread of its own.
 *
 * <p>The server answers a session's requests one after the other, and its lease does not end while
 * one is answered. So nothing is sent, and nothing follows from silence, while others are under
 * way.
 */
final class Heartbeat implements AutoCloseable {
  private static final int BEATS_OF_A_LEASE = 3;

  private final Supplier<CompletableFuture<?>> beat;
  private final BooleanSupplier busy;
  private final Runnable onSilence;
  private final Executor later;
  private volatile boolean closed;

  private Heartbeat(
      Supplier<CompletableFuture<?>> beat,
      BooleanSupplier busy,
      Runnable onSilence,
      Executor later) {
    this.beat = beat;
    this.busy = busy;
    this.onSilence = onSilence;
    this.later = later;
  }

  /**
   * Begins to beat.
   *
   * @param lease how long the server keeps a silent session; zero for as long as it is connected,
   *     and then nothing is sent
   * @param beat asks the server; its future ends in bounded time
   * @param busy whether other requests of the session are under way
   * @param onSilence runs once when a beat was not answered, and then nothing beats any more
   */
  static Heartbeat start(
      Duration lease,
      Supplier<CompletableFuture<?>> beat,
      BooleanSupplier busy,
      Runnable onSilence) {
    long pause = lease.toMillis() / BEATS_OF_A_LEASE;
    return start(
        lease,
        beat,
        busy,
        onSilence,
        CompletableFuture.delayedExecutor(pause, TimeUnit.MILLISECONDS, Runnable::run));
  }

  static Heartbeat start(
      Duration lease,
      Supplier<CompletableFuture<?>> beat,
      BooleanSupplier busy,
      Runnable onSilence,
      Executor later) {
    Heartbeat heartbeat = new Heartbeat(beat, busy, onSilence, later);
    if (lease.isPositive()) {
      heartbeat.beatLater();
    }
    return heartbeat;
  }

  private void beatLater() {
    later.execute(this::beat);
  }

  private void beat() {
    if (closed) {
      return;
    }
    if (busy.getAsBoolean()) {
      beatLater();
      return;
    }
    var _ = beat.get().whenComplete((done, failure) -> answered(failure == null));
  }

  private void answered(boolean well) {
    if (closed) {
      return;
    }
    if (well || busy.getAsBoolean()) {
      beatLater();
    } else {
      closed = true;
      onSilence.run();
    }
  }

  @Override
  public void close() {
    closed = true;
  }
}
