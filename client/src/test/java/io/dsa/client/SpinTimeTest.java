package io.dsa.client;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class SpinTimeTest {
  private final SpinTime spin = new SpinTime();

  @Test
  void shouldSpinAtFirst() {
    assertThat(spin.nanos()).isEqualTo(SpinTime.MOST_NANOS);
  }

  @Test
  void shouldStopSpinningWhenWaitsAreLong() {
    for (int i = 0; i < 10; i++) {
      spin.waited(1_000_000_000);
    }
    assertThat(spin.nanos()).isZero();
  }

  @Test
  void shouldSpinAgainWhenWaitsAreShort() {
    for (int i = 0; i < 10; i++) {
      spin.waited(Long.MAX_VALUE);
    }
    for (int i = 0; i < 40; i++) {
      spin.waited(5_000);
    }
    assertThat(spin.nanos()).isBetween(9_000L, 15_000L);
  }

  @Test
  void shouldForgiveASingleLongWait() {
    for (int i = 0; i < 40; i++) {
      spin.waited(10_000);
    }
    spin.waited(1_000_000_000);
    assertThat(spin.nanos()).isPositive();
  }

  @Test
  void shouldNeverSpinForLongerThanItsBound() {
    for (int i = 0; i < 40; i++) {
      spin.waited(SpinTime.MOST_NANOS - 1);
      assertThat(spin.nanos()).isLessThanOrEqualTo(SpinTime.MOST_NANOS);
    }
  }
}
