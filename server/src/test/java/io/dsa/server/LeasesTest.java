package io.dsa.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Delayed;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LeasesTest {
  private static final Duration LENGTH = Duration.ofSeconds(10);

  private final HandTimer timer = new HandTimer();
  private final Leases leases = new Leases(() -> timer.now, timer);
  private final AtomicInteger expired = new AtomicInteger();
  private final CountDownLatch once = new CountDownLatch(1);
  private final Leases.Lease lease =
      leases.grant(
          LENGTH,
          () -> {
            expired.incrementAndGet();
            once.countDown();
          });

  @AfterEach
  void close() {
    leases.close();
  }

  @Test
  void shouldExpireOnceWhenNothingIsSaid() throws InterruptedException {
    timer.pass(Duration.ofSeconds(10));
    assertThat(once.await(10, TimeUnit.SECONDS)).isTrue();
    timer.pass(Duration.ofSeconds(100));
    assertThat(expired).hasValue(1);
    assertThat(timer.watching()).isFalse();
  }

  @Test
  void shouldRunFromTheLastAnswer() throws InterruptedException {
    timer.pass(Duration.ofSeconds(9));
    assertThat(lease.begin()).isTrue();
    lease.answered();
    timer.pass(Duration.ofSeconds(9));
    assertThat(timer.watching()).isTrue();
    timer.pass(Duration.ofSeconds(1));
    assertThat(once.await(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void shouldNotExpireWhileARequestIsAnswered() {
    assertThat(lease.begin()).isTrue();
    timer.pass(Duration.ofSeconds(60));
    assertThat(timer.watching()).isTrue();
    assertThat(lease.begin()).isTrue();
  }

  @Test
  void shouldGiveNothingMoreOnceItIsOver() throws InterruptedException {
    timer.pass(Duration.ofSeconds(10));
    assertThat(once.await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(lease.begin()).isFalse();
  }

  @Test
  void shouldNotExpireWhenItsHolderHasGone() {
    lease.end();
    assertThat(timer.watching()).isFalse();
    timer.pass(Duration.ofSeconds(60));
    assertThat(lease.begin()).isFalse();
    assertThat(expired).hasValue(0);
  }

  @Test
  void shouldBecomeLongerAndShorter() throws InterruptedException {
    lease.become(Duration.ofSeconds(60));
    timer.pass(Duration.ofSeconds(59));
    assertThat(timer.watching()).isTrue();
    lease.become(Duration.ofSeconds(2));
    timer.pass(Duration.ofSeconds(2));
    assertThat(once.await(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void shouldLookNoMoreOftenThanALeaseIsLong() {
    for (int i = 0; i < 100; i++) {
      assertThat(lease.begin()).isTrue();
      lease.answered();
    }
    int before = timer.scheduled;
    timer.pass(Duration.ofSeconds(5));
    assertThat(timer.scheduled).isEqualTo(before);
  }

  /** Time that passes when told to; one task at a time, as one lease has. */
  private static final class HandTimer extends ScheduledThreadPoolExecutor {
    private long now = Long.MAX_VALUE - 5_000_000_000L; // nanoTime may overflow on the way
    private Task task;
    private int scheduled;

    HandTimer() {
      super(0);
    }

    boolean watching() {
      return task != null;
    }

    void pass(Duration time) {
      long end = now + time.toNanos();
      while (task != null && task.at - end <= 0) {
        Task due = task;
        now = due.at;
        task = null;
        due.work.run();
      }
      now = end;
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
      scheduled++;
      task = new Task(command, now + unit.toNanos(delay));
      return task;
    }

    private final class Task extends java.util.concurrent.FutureTask<Void>
        implements ScheduledFuture<Void> {
      private final Runnable work;
      private final long at;

      Task(Runnable work, long at) {
        super(work, null);
        this.work = work;
        this.at = at;
      }

      @Override
      public boolean cancel(boolean mayInterruptIfRunning) {
        if (task == this) {
          task = null;
        }
        return super.cancel(mayInterruptIfRunning);
      }

      @Override
      public long getDelay(TimeUnit unit) {
        return unit.convert(at - now, TimeUnit.NANOSECONDS);
      }

      @Override
      public int compareTo(Delayed other) {
        return Long.compare(getDelay(TimeUnit.NANOSECONDS), other.getDelay(TimeUnit.NANOSECONDS));
      }
    }
  }
}
