package io.dsa.verbs;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class WaitTimeTest {
  @Test
  void shouldRoundUpSoThatNoWaitEndsEarly() {
    assertThat(WaitTime.millis(Duration.ofNanos(1))).isEqualTo(1);
    assertThat(WaitTime.millis(Duration.ofNanos(999_999))).isEqualTo(1);
    assertThat(WaitTime.millis(Duration.ofMillis(1))).isEqualTo(1);
    assertThat(WaitTime.millis(Duration.ofNanos(1_000_001))).isEqualTo(2);
  }

  @Test
  void shouldTakeWhatIsOverAsNothingAndWhatIsEndlessAsTheMost() {
    assertThat(WaitTime.millis(Duration.ZERO)).isZero();
    assertThat(WaitTime.millis(Duration.ofNanos(-1))).isZero();
    assertThat(WaitTime.millis(Duration.ofSeconds(Long.MIN_VALUE))).isZero();
    assertThat(WaitTime.millis(Duration.ofDays(24))).isEqualTo(24 * 24 * 3_600_000);
    assertThat(WaitTime.millis(Duration.ofDays(25))).isEqualTo(Integer.MAX_VALUE);
    assertThat(WaitTime.millis(Duration.ofSeconds(Long.MAX_VALUE))).isEqualTo(Integer.MAX_VALUE);
  }
}
