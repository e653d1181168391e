package io.dsa.verbs;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class SeldomTest {
  private long now = Long.MAX_VALUE - 5;
  private final Seldom seldom = new Seldom(Duration.ofNanos(10), () -> now);

  @Test
  void shouldSayTheFirstAtOnce() {
    assertThat(seldom.happened()).isEqualTo(1);
  }

  @Test
  void shouldSayOnceInAWhileHowOftenItWas() {
    assertThat(seldom.happened()).isEqualTo(1);
    assertThat(seldom.happened()).isZero();
    now += 9;
    assertThat(seldom.happened()).isZero();
    now += 1;
    assertThat(seldom.happened()).isEqualTo(3);
    now += 10;
    assertThat(seldom.happened()).isEqualTo(1);
  }

  @Test
  void shouldSayTheRestOnce() {
    assertThat(seldom.rest()).isZero();
    assertThat(seldom.happened()).isEqualTo(1);
    assertThat(seldom.happened()).isZero();
    assertThat(seldom.happened()).isZero();
    assertThat(seldom.rest()).isEqualTo(2);
    assertThat(seldom.rest()).isZero();
    // What was said of the rest changes nothing about when it is said next.
    assertThat(seldom.happened()).isZero();
    now += 10;
    assertThat(seldom.happened()).isEqualTo(2);
  }
}
