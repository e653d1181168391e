package io.dsa.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class QueueOptionsTest {
  private final QueueOptions defaults = QueueOptions.defaults();

  @Test
  void shouldWaitAdaptivelyByDefault() {
    assertThat(defaults.waitMode()).isEqualTo(WaitMode.ADAPTIVE);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 1024})
  void shouldTakeTheBounds(int value) {
    assertThat(defaults.withDepth(value).withSignalInterval(value))
        .isEqualTo(new QueueOptions(value, WaitMode.ADAPTIVE, value));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, 1025, Integer.MIN_VALUE, Integer.MAX_VALUE})
  void shouldRefuseWhatIsOutside(int value) {
    assertThatThrownBy(() -> defaults.withDepth(value))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("depth is " + value);
    assertThatThrownBy(() -> defaults.withSignalInterval(value))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("signalInterval is " + value);
  }

  @Test
  void shouldRefuseNoWaitMode() {
    assertThatThrownBy(() -> defaults.withWaitMode(null)).isInstanceOf(NullPointerException.class);
  }
}
