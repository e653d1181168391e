package io.dsa.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class VolumeOptionsTest {
  private final VolumeOptions defaults = VolumeOptions.defaults();

  @Test
  void shouldChangeOneThingAtATime() {
    assertThat(
            defaults
                .withLanes(2)
                .withDepth(8)
                .withBounceBytes(8192)
                .withMaxRequests(16)
                .withMaxBytes(1 << 20)
                .withDeadline(Duration.ofSeconds(3))
                .withRegisteredBytes(0))
        .isEqualTo(new VolumeOptions(2, 8, 8192, 16, 1 << 20, Duration.ofSeconds(3), 0));
  }

  @Test
  void shouldRefuseWhatMakesNoSense() {
    assertThatThrownBy(() -> defaults.withLanes(0)).hasMessageContaining("lanes is 0");
    assertThatThrownBy(() -> defaults.withLanes(65)).hasMessageContaining("1 to 64");
    assertThatThrownBy(() -> defaults.withDepth(1025)).hasMessageContaining("depth is 1025");
    assertThatThrownBy(() -> defaults.withBounceBytes(4095))
        .hasMessageContaining("bounceBytes is 4095, not within 4096");
    assertThatThrownBy(() -> defaults.withMaxRequests(0)).hasMessageContaining("maxRequests");
    assertThatThrownBy(() -> defaults.withMaxBytes(100)).hasMessageContaining("maxBytes is 100");
    assertThatThrownBy(() -> defaults.withRegisteredBytes(-1)).hasMessageContaining("-1");
    assertThatThrownBy(() -> defaults.withDeadline(Duration.ZERO)).hasMessageContaining("positive");
  }

  @Test
  void shouldGiveEachPieceAlignedBounceMemory() {
    assertThat(defaults.pieceBytes()).isEqualTo(32 << 10);
    assertThat(defaults.withDepth(3).withBounceBytes(1000).pieceBytes()).isEqualTo(328);
  }
}
