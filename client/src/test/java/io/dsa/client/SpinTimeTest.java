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
    assertThat(longWaits(10 * (SpinTime.TRIAL_INTERVAL + SpinTime.TRIAL_LENGTH)))
        .isEqualTo(10 * SpinTime.TRIAL_LENGTH);
  }

  @Test
  void shouldSpinAgainOnceAWaitOfATrialHasPaid() {
    longWaits(SpinTime.PATIENCE);
    assertThat(longWaits(SpinTime.TRIAL_INTERVAL)).isZero();
    assertThat(longWaits(SpinTime.TRIAL_LENGTH - 1)).isEqualTo(SpinTime.TRIAL_LENGTH - 1);
    assertThat(spin.nanos()).isEqualTo(SpinTime.MOST_NANOS);
    spin.spun(true);

    for (int i = 0; i < 2 * SpinTime.TRIAL_INTERVAL; i++) {
      assertThat(spin.nanos()).isEqualTo(SpinTime.MOST_NANOS);
      spin.spun(true);
    }
  }

  @Test
  void shouldSleepAgainAfterATrialInVain() {
    longWaits(SpinTime.PATIENCE);
    longWaits(SpinTime.TRIAL_INTERVAL + SpinTime.TRIAL_LENGTH);

    assertThat(spin.nanos()).isZero();
  }

  @Test
  void shouldForgiveSomeLongWaits() {
    for (int i = 0; i < 1000; i++) {
      assertThat(spin.nanos()).isEqualTo(SpinTime.MOST_NANOS);
      spin.spun(i % 2 == 0);
    }
  }
}
