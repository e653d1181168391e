package io.dsa.client;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class SpinTimeTest {
  private final SpinTime spin = new SpinTime();

  /** Waits that never end while spinning; returns how many were spun. */
  private int longWaits(int count) {
    int spun = 0;
    for (int i = 0; i < count; i++) {
      if (spin.nanos() > 0) {
        spun++;
        spin.spun(false);
      }
    }
    return spun;
  }

  @Test
  void shouldSpinAtFirst() {
    assertThat(spin.nanos()).isEqualTo(SpinTime.MOST_NANOS);
  }

  @Test
  void shouldSpinOnlyNowAndThenWhenItDoesNotPay() {
    assertThat(longWaits(SpinTime.PATIENCE)).isEqualTo(SpinTime.PATIENCE);
    assertThat(longWaits(10 * SpinTime.TRIAL_INTERVAL)).isEqualTo(10);
  }

  @Test
  void shouldSpinAgainOnceATrialHasPaid() {
    longWaits(SpinTime.PATIENCE);
    for (int i = 1; i < SpinTime.TRIAL_INTERVAL; i++) {
      assertThat(spin.nanos()).isZero();
    }
    assertThat(spin.nanos()).isEqualTo(SpinTime.MOST_NANOS);
    spin.spun(true);

    assertThat(spin.nanos()).isEqualTo(SpinTime.MOST_NANOS);
    spin.spun(true);
    assertThat(spin.nanos()).isEqualTo(SpinTime.MOST_NANOS);
  }

  @Test
  void shouldForgiveSomeLongWaits() {
    for (int i = 0; i < 1000; i++) {
      assertThat(spin.nanos()).isEqualTo(SpinTime.MOST_NANOS);
      spin.spun(i % 2 == 0);
    }
  }
}
