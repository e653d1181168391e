package io.dsa.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VolumeNameTest {
  @ParameterizedTest
  @ValueSource(
      strings = {"a", "orders-2026.v1", "gr\u00fc\u00dfe", "\u6ce8\u6587", "a b", "\uD83D\uDE00"})
  void shouldTakeOrdinaryNames(String name) {
    assertThat(VolumeName.problem(name)).isEmpty();
    assertThat(VolumeName.canonical(name)).isEqualTo(name);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "-a",
        ".a",
        "..",
        " a",
        "a ",
        "a/b",
        "a\u0000",
        "a\nb",
        "a\u007f",
        "a\u0085b",
        "a\u2028b",
        "a\u202eb",
        "a\u2066b",
        "\uD800",
        "a\uDC00",
        "u\u0308"
      })
  void shouldRefuse(String name) {
    assertThat(VolumeName.problem(name)).isPresent();
    assertThat(VolumeName.problem(name).get()).doesNotContain("\n").doesNotContain("\u202e");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
        "\u0915\u094d\u200d\u0937",
        "\uD83D\uDC68\u200D\uD83D\uDC69",
        "a b"
      })
  void shouldLetVolumesHaveNamesOfEveryScript(String name) {
    assertThat(VolumeName.problemOfNew(name)).isEmpty();
  }

  /** One that is there already can be named all the same, to be renamed or deleted. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "\u200b",
        "a\u200bb",
        "\ufeffx",
        "x\u00ad",
        "\u3000",
        "a\u00a0",
        "a\uffff",
        "a\u0378",
        "a\ufffd"
      })
  void shouldGiveNoVolumeANameThatCannotBeSeen(String name) {
    assertThat(VolumeName.problemOfNew(name)).isPresent();
    assertThat(VolumeName.problem(name)).isEmpty();
  }

  @Test
  void shouldCountBytesNotCharacters() {
    assertThat(VolumeName.problem("x".repeat(255))).isEmpty();
    assertThat(VolumeName.problem("x".repeat(256))).isPresent();
    assertThat(VolumeName.problem("\u00fc".repeat(127))).isEmpty();
    assertThat(VolumeName.problem("\u00fc".repeat(128))).isPresent();
  }

  @Test
  void shouldSayInALineWhatIsWrongWithAHugeName() {
    assertThat(VolumeName.problem("x".repeat(1_000_000)).orElseThrow()).hasSizeLessThan(200);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> VolumeName.canonical("x".repeat(1_000_000)));
  }

  @Test
  void shouldComposeWhatAUserTyped() {
    assertThat(VolumeName.canonical("u\u0308")).isEqualTo("\u00fc");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> VolumeName.canonical("a/b"))
        .withMessage("volume name 'a/b' contains the character U+002F, which is not allowed");
  }
}
