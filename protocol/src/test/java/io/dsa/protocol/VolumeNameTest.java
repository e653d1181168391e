package io.dsa.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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

  /** Marks that combine are letters to many scripts, and some of those have no composed form. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "a b",
        "\u0645\u06cc\u062e\u0648\u0627\u0647\u0645",
        "\u0915\u094d\u0937\u093f",
        "\u0ba8\u0bbf",
        "\u0e19\u0e49\u0e33",
        "\u05e9\u05b8\u05c1\u05dc\u05d5\u05b9\u05dd",
        "x\u0302",
        "\u0416",
        "\ud55c\uae00",
        "\uD83D\uDE80"
      })
  void shouldLetVolumesHaveNamesOfEveryScript(String name) {
    assertThat(VolumeName.problemOfNew(name)).isEmpty();
  }

  /** One that is there already can be named all the same, to be renamed or deleted. */
  @ParameterizedTest
  @CsvSource({
    "200B, cannot be seen",
    "200C, cannot be seen",
    "200D, cannot be seen",
    "00AD, cannot be seen",
    "034F, cannot be seen",
    "115F, cannot be seen",
    "1160, cannot be seen",
    "17B4, cannot be seen",
    "180E, cannot be seen",
    "2060, cannot be seen",
    "2065, Unicode gives no meaning",
    "2800, cannot be seen",
    "3164, cannot be seen",
    "FE0F, cannot be seen",
    "FEFF, cannot be seen",
    "FFA0, cannot be seen",
    "FFF9, cannot be seen",
    "1BCA0, cannot be seen",
    "1D159, cannot be seen",
    "E0061, cannot be seen",
    "E0100, cannot be seen",
    "00A0, looks like a space",
    "2003, looks like a space",
    "3000, looks like a space",
    "0378, Unicode gives no meaning",
    "FFFF, Unicode gives no meaning",
    "E000, Unicode gives no meaning",
    "F0000, Unicode gives no meaning",
    "E01F0, Unicode gives no meaning",
    "FFFD, stands for something that was no valid UTF-8"
  })
  void shouldGiveNoVolumeANameThatCannotBeSeen(String hex, String why) {
    String character = Character.toString(Integer.parseInt(hex, 16));
    for (String name :
        List.of(character, character + "a", "a" + character, "a" + character + "b")) {
      assertThat(VolumeName.problemOfNew(name))
          .hasValueSatisfying(problem ->
              assertThat(problem)
                  .contains("the character U+" + hex, why)
                  .hasLineCount(1)
                  .matches(line -> hex.equals("FFFD") || !line.contains(character)));
      assertThat(VolumeName.problem(name)).isEmpty();
      assertThat(VolumeName.canonical(name)).isEqualTo(name);
    }
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
