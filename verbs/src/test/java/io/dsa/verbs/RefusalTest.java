package io.dsa.verbs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RefusalTest {
  private static final int REJECT_DATA = 148;

  @ParameterizedTest
  @EnumSource
  void shouldComeThroughThePaddingOfTheCm(Refusal refusal) {
    assertThat(Refusal.of(Arrays.copyOf(refusal.toBytes(), REJECT_DATA))).isEqualTo(refusal);
  }

  @Test
  void shouldKeepItsBytes() {
    assertThat(Refusal.FULL.toBytes()).containsExactly('D', 'S', 'A', 1);
    assertThat(Refusal.CLOSING.toBytes()).containsExactly('D', 'S', 'A', 2);
    assertThat(Refusal.NO_RESOURCES.toBytes()).containsExactly('D', 'S', 'A', 3);
  }

  @Test
  void shouldReadNothingIntoOthersBytes() {
    for (byte[] bytes :
        List.of(
            new byte[0],
            new byte[REJECT_DATA],
            new byte[] {'D', 'S', 'A'},
            new byte[] {'D', 'S', 'A', 99},
            new byte[] {'D', 'S', 'B', 1},
            "not a DSA data queue".getBytes(java.nio.charset.StandardCharsets.US_ASCII))) {
      assertThat(Refusal.of(bytes)).isEqualTo(Refusal.UNKNOWN);
    }
  }
}
