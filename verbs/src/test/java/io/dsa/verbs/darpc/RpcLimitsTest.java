package io.dsa.verbs.darpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class RpcLimitsTest {
  @Test
  void shouldHaveDefaults() {
    assertThat(RpcLimits.defaults()).isEqualTo(new RpcLimits(4096, 8, 256));
  }

  @Test
  void shouldTakeTheEndsOfEveryRange() {
    assertThat(new RpcLimits(64, 1, 1).completionsPerConnection()).isEqualTo(2);
    assertThat(new RpcLimits(1 << 20, 256, 1 << 14).completionsPerConnection()).isEqualTo(512);
  }

  @Test
  void shouldNameWhatIsOutOfRange() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new RpcLimits(63, 8, 256))
        .withMessage("maxMessageBytes is 63, not within 64 to 1048576");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new RpcLimits(4096, 0, 256))
        .withMessageContaining("pipelineDepth is 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new RpcLimits(4096, 8, -1))
        .withMessageContaining("maxConnections is -1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new RpcLimits(4096, 8, 16, 17))
        .withMessageContaining("maxStrangersPerHost is 17");
    assertThatIllegalArgumentException().isThrownBy(() -> new RpcLimits((1 << 20) + 1, 8, 256));
    assertThatIllegalArgumentException().isThrownBy(() -> new RpcLimits(4096, 257, 256));
    assertThatIllegalArgumentException().isThrownBy(() -> new RpcLimits(4096, 8, (1 << 14) + 1));
  }
}
