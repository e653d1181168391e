package io.dsa.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class HeartbeatTest {
  private static final Duration LEASE = Duration.ofSeconds(9);

  private final Deque<Runnable> later = new ArrayDeque<>();
  private final Deque<CompletableFuture<String>> asked = new ArrayDeque<>();
  private int silences;
  private boolean busy;

  private Heartbeat start(Duration lease) {
    return Heartbeat.start(lease, this::ask, () -> busy, () -> silences++, later::add);
  }

  private CompletableFuture<String> ask() {
    asked.add(new CompletableFuture<>());
    return asked.getLast();
  }

  private void pause() {
    later.remove().run();
  }

  @Test
  void shouldBeatAgainOnceItIsAnswered() {
    start(LEASE);
    assertThat(asked).isEmpty();
    pause();
    assertThat(asked).hasSize(1);
    assertThat(later).isEmpty();
    asked.remove().complete("here");
    pause();
    assertThat(asked).hasSize(1);
    assertThat(silences).isZero();
  }

  @Test
  void shouldTellOnceOfSilenceAndStop() {
    start(LEASE);
    pause();
    asked.remove().completeExceptionally(new IllegalStateException("no answer"));
    assertThat(silences).isEqualTo(1);
    assertThat(later).isEmpty();
  }

  @Test
  void shouldNotBeatWhileOtherRequestsAreUnderWay() {
    start(LEASE);
    busy = true;
    pause();
    assertThat(asked).isEmpty();
    busy = false;
    pause();
    assertThat(asked).hasSize(1);
  }

  @Test
  void shouldConcludeNothingFromABeatBehindALongRequest() {
    start(LEASE);
    pause();
    busy = true;
    asked.remove().completeExceptionally(new IllegalStateException("no answer yet"));
    assertThat(silences).isZero();
    busy = false;
    pause();
    assertThat(asked).hasSize(1);
  }

  @Test
  void shouldNotBeatOnceClosed() {
    Heartbeat heartbeat = start(LEASE);
    heartbeat.close();
    pause();
    assertThat(asked).isEmpty();
    assertThat(later).isEmpty();
  }

  @Test
  void shouldNotTellOfSilenceOnceClosed() {
    Heartbeat heartbeat = start(LEASE);
    pause();
    heartbeat.close();
    asked.remove().completeExceptionally(new IllegalStateException("no answer"));
    assertThat(silences).isZero();
  }

  @Test
  void shouldNotBeatWithoutALease() {
    start(Duration.ZERO);
    assertThat(later).isEmpty();
  }
}
