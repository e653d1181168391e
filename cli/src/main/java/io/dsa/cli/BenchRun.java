package io.dsa.cli;

import io.dsa.client.DsaException;
import io.dsa.protocol.InstanceId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * One run of {@code dsa bench}: its threads, over one connection after the other where the server
 * may be lost on the way. Confined to one thread.
 */
final class BenchRun implements AutoCloseable {
  private static final long PROGRESS_MILLIS = 500;
  private static final long BETWEEN_TRIES_MILLIS = 200;

  private final BenchPlan plan;
  private final Supplier<BenchSession> connect;
  private final BenchProgress progress;
  private final List<BenchWorker> workers = new ArrayList<>();
  private BenchSession session;
  private InstanceId instance;
  private int reconnects;

  /**
   * Does nothing yet.
   *
   * @param connect opens a session each time that it is asked
   */
  BenchRun(BenchPlan plan, Supplier<BenchSession> connect, BenchProgress progress) {
    this.plan = plan;
    this.connect = connect;
    this.progress = progress;
  }

  /** Runs, and with --verify reads back what was written. */
  BenchResult run() throws InterruptedException {
    session = connect.get();
    instance = session.instance();
    hire();
    BenchClock clock = BenchClock.of(plan, System.nanoTime());
    work(clock);
    if (plan.verify() && plan.mode().writes()) {
      workers.forEach(worker -> worker.load().beginCheck());
      work(BenchClock.endless(System.nanoTime()));
    }
    return BenchResult.of(plan, session.volume(), clock, workers, reconnects);
  }

  @Override
  public void close() {
    if (session != null) {
      session.close();
    }
  }

  private void hire() {
    SplittableRandom random = new SplittableRandom();
    long run = random.nextLong();
    for (int thread = 0; thread < plan.threads(); thread++) {
      BlockRange range = plan.rangeOf(thread, session.volume().name(), session.volume().bytes());
      BenchLoad load = new BenchLoad(plan, range, run, random.split());
      workers.add(new BenchWorker(plan, load, plan.operationsOf(thread)));
    }
  }

  private void work(BenchClock clock) throws InterruptedException {
    for (RuntimeException loss = workOnce(clock); loss != null; loss = workOnce(clock)) {
      reconnect(loss);
    }
  }

  /** Why the connection was lost, or null when all have done their work. */
  private RuntimeException workOnce(BenchClock clock) throws InterruptedException {
    AtomicBoolean halted = new AtomicBoolean();
    List<CompletableFuture<Void>> threads = new ArrayList<>();
    for (BenchWorker worker : workers) {
      threads.add(start(worker, "dsa-bench-" + threads.size(), clock, halted));
    }
    RuntimeException loss = null;
    Throwable failure = null;
    for (CompletableFuture<Void> thread : threads) {
      Throwable thrown = await(thread, clock);
      if (thrown instanceof RuntimeException e && isLoss(e)) {
        loss = loss == null ? e : loss;
      } else if (thrown != null && failure == null) {
        failure = thrown;
      }
    }
    switch (failure) {
      case null -> {}
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      default -> throw new IllegalStateException(failure);
    }
    return loss;
  }

  private CompletableFuture<Void> start(
      BenchWorker worker, String name, BenchClock clock, AtomicBoolean halted) {
    CompletableFuture<Void> ended = new CompletableFuture<>();
    Thread.ofPlatform()
        .name(name)
        .start(() -> {
          try {
            worker.run(session, clock, halted);
            ended.complete(null);
          } catch (Throwable e) {
            halted.set(true);
            ended.completeExceptionally(e);
          }
        });
    return ended;
  }

  /** What the thread threw, or null. */
  private Throwable await(CompletableFuture<Void> thread, BenchClock clock)
      throws InterruptedException {
    while (true) {
      try {
        thread.get(PROGRESS_MILLIS, TimeUnit.MILLISECONDS);
        return null;
      } catch (TimeoutException e) {
        progress.at(clock, workers, reconnects);
      } catch (ExecutionException e) {
        return e.getCause();
      }
    }
  }

  private void reconnect(RuntimeException loss) throws InterruptedException {
    Optional<DsaException> revocation = RevokedVolume.reason(loss, session.volume());
    if (revocation.isPresent()) {
      throw revocation.get();
    }
    if (plan.reconnect().isZero()) {
      throw loss;
    }
    closeLost();
    long deadline = System.nanoTime() + plan.reconnect().toNanos();
    BenchSession next = null;
    while (next == null) {
      try {
        next = connect.get();
      } catch (DsaException e) {
        if (!isLoss(e) || System.nanoTime() - deadline > 0) {
          throw e;
        }
        Thread.sleep(BETWEEN_TRIES_MILLIS);
      }
    }
    resume(next);
  }

  private void closeLost() {
    try {
      session.close();
    } catch (DsaException e) {
      // It is lost already.
    }
  }

  private void resume(BenchSession next) {
    long bytes = session.volume().bytes();
    session = next;
    reconnects++;
    if (session.volume().bytes() != bytes) {
      throw new CliException(
          ExitCode.INVALID,
          "volume " + session.volume().name() + " has another size than before the restart");
    }
    boolean restarted = !session.instance().equals(instance);
    instance = session.instance();
    for (BenchWorker worker : workers) {
      worker.load().disconnected();
      if (restarted) {
        worker.load().restarted();
      }
    }
  }

  private static boolean isLoss(RuntimeException e) {
    return switch (e) {
      case CliException cli ->
          switch (cli.exitCode()) {
            case DISCONNECTED, TIMED_OUT -> true;
            default -> false;
          };
      case DsaException dsa ->
          switch (dsa.category()) {
            // A server that has not noticed yet holds the volume for the writer that is gone.
            case UNREACHABLE, REFUSED, TIMED_OUT, DISCONNECTED, BUSY -> true;
            default -> false;
          };
      default -> false;
    };
  }
}
