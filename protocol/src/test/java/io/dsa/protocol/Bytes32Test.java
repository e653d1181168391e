package io.dsa.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Bytes32Test {
  @Test
  void shouldReadBackWhatItWrote() {
    Bytes32 some = Bytes32.random();

    assertThat(Bytes32.parse(some.toText())).isEqualTo(some).hasSameHashCodeAs(some);
    assertThat(some.toText()).hasSize(43).matches("[A-Za-z0-9_-]+");
  }

  @Test
  void shouldNeverBeTheSameTwice() {
    assertThat(Bytes32.random()).isNotEqualTo(Bytes32.random());
  }

  @Test
  void shouldNotChangeWithTheArrayThatItWasMadeOf() {
    byte[] bytes = new byte[32];
    Bytes32 zeros = Bytes32.of(bytes);
    bytes[0] = 1;
    zeros.toBytes()[0] = 1;

    assertThat(zeros).isEqualTo(Bytes32.ZEROS);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 31, 33})
  void shouldHaveThirtyTwo(int length) {
    assertThatIllegalArgumentException().isThrownBy(() -> Bytes32.of(new byte[length]));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "AAAA",
        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", // padded
        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh9", // bits over
        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdH+8", // base64, but not for URLs
      })
  void shouldRefuseOtherTexts(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Bytes32.parse(text))
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("AAECAw"));
  }

  @Test
  void shouldShowNothing() {
    assertThat(Bytes32.ZEROS).hasToString("Bytes32[not shown]");
  }
}
