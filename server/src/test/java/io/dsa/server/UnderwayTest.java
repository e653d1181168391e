package io.dsa.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class UnderwayTest {
  private final Underway underway = new Underway();

  @Test
  void shouldBeDrainedWhereNothingIsUnderWay() {
    assertThat(underway.begin(false)).isTrue();
    underway.end();
    assertThat(underway.drain(Duration.ofSeconds(20))).isTrue();
  }

  @Test
  void shouldWaitForWhatIsUnderWay() {
    assertThat(underway.begin(false)).isTrue();
    CompletableFuture<Boolean> drained =
        CompletableFuture.supplyAsync(() -> underway.drain(Duration.ofSeconds(20)));
    underway.end();
    assertThat(drained.join()).isTrue();
  }

  @Test
  void shouldNotWaitForEver() {
    assertThat(underway.begin(false)).isTrue();
    assertThat(underway.drain(Duration.ofMillis(1))).isFalse();
  }

  @Test
  void shouldBeginNothingNewOnceItDrains() {
    assertThat(underway.drain(Duration.ZERO)).isTrue();
    assertThat(underway.begin(false)).isFalse();
    assertThat(underway.begin(true)).isTrue();
  }
}
