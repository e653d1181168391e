package io.dsa.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dsa.client.ModelServer;
import java.io.PrintWriter;
import java.io.Writer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whole benchmarks on the model of a server. */
@Timeout(60)
final class BenchRunTest {
  private static final int OPERATIONS = 100_000;

  private final ModelServer server = new ModelServer();
  private final AtomicInteger connects = new AtomicInteger();

  private BenchSession connect() {
    connects.incrementAndGet();
    return ModelSession.open(server);
  }

  private BenchResult run(BenchPlan plan, Supplier<BenchSession> connect) {
    BenchProgress silent =
        new BenchProgress(new PrintWriter(Writer.nullWriter()), false, plan.blockBytes());
    try (BenchRun run = new BenchRun(plan, connect, silent)) {
      return run.run();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static long count(BenchResult result) {
    return result.latencies().stream().mapToLong(Json.Latency::count).sum();
  }

  @Test
  void shouldCountNothingOfTheWarmUp() {
    BenchResult result =
        run(BenchPlans.run(Duration.ofMillis(200), 100, Duration.ZERO), this::connect);

    assertThat(count(result)).isEqualTo(100);
    assertThat(result.seconds()).isPositive();
    // Each block is read back besides, whenever it was written.
    assertThat(server.postedCount()).isGreaterThan(100 + result.verified());
    assertThat(result.verified()).isGreaterThan(100);
  }

  /** What was written before is lost with the run, since nothing has flushed it. */
  @Test
  void shouldGoOnWithTheNextRunOfTheServer() throws Exception {
    CompletableFuture<BenchResult> running =
        start(
            Duration.ofSeconds(30),
            () -> {
              if (connects.get() == 2) {
                // It was found down once.
                server.start();
              }
              return connect();
            });
    holdInTheMiddle();

    server.kill();

    assertGoesOn(running);
    assertThat(connects.get()).isEqualTo(3);
  }

  @Test
  void shouldGoOnWhereOnlyTheConnectionIsLost() throws Exception {
    CompletableFuture<BenchResult> running = start(Duration.ofSeconds(30), this::connect);
    holdInTheMiddle();

    server.disconnect();
    server.proceed();

    assertGoesOn(running);
    assertThat(connects.get()).isEqualTo(2);
  }

  private static void assertGoesOn(CompletableFuture<BenchResult> running) throws Exception {
    BenchResult result = running.get(30, TimeUnit.SECONDS);
    assertThat(result.reconnects()).isEqualTo(1);
    assertThat(count(result)).isEqualTo(OPERATIONS);
    assertThat(result.verified()).isPositive();
  }

  @Test
  void shouldEndWithItsServerWhereNobodyWaitsForIt() throws Exception {
    CompletableFuture<BenchResult> running = start(Duration.ZERO, this::connect);
    holdInTheMiddle();

    server.kill();

    assertThatThrownBy(() -> running.get(30, TimeUnit.SECONDS))
        .cause()
        .isInstanceOfSatisfying(
            CliException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.DISCONNECTED))
        .hasMessageContaining("model");
    assertThat(connects.get()).isEqualTo(1);
    assertThat(server.queueCount()).isZero();
  }

  private CompletableFuture<BenchResult> start(Duration reconnect, Supplier<BenchSession> connect) {
    BenchPlan plan = BenchPlans.run(Duration.ZERO, OPERATIONS, reconnect);
    return CompletableFuture.supplyAsync(() -> run(plan, connect));
  }

  /** Some blocks are written, and requests are in flight that will not end by themselves. */
  private void holdInTheMiddle() throws InterruptedException {
    while (server.postedCount() < OPERATIONS / 10) {
      Thread.sleep(1);
    }
    server.hold();
  }
}
