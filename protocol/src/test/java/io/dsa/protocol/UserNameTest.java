package io.dsa.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UserNameTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "ada",
        "ada.lovelace@example.org",
        "a b",
        "Zo\u00eb",
        "\u0410\u0434\u0430",
        "\u5f20\u4f1f",
        "\u0645\u06cc\u062e\u0648\u0627\u0647\u0645",
        "\u0939\u093f\u0928\u094d\u0926\u0940"
      })
  void shouldTakeNamesOfEveryScript(String name) {
    assertThat(UserName.problem(name)).isEmpty();
    assertThat(UserName.canonical(name)).isEqualTo(name);
    assertThat(UserName.canonicalOfNew(name)).isEqualTo(name);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a:b",
        ":",
        "a/b",
        "-a",
        ".a",
        " a",
        "a ",
        "a\nb",
        "a\u0000",
        "a\u202eb",
        "\uD800"
      })
  void shouldRefuse(String name) {
    assertThat(UserName.problem(name))
        .hasValueSatisfying(problem -> assertThat(problem).contains("user name").hasLineCount(1));
    assertThatIllegalArgumentException().isThrownBy(() -> UserName.canonical(name));
    assertThatIllegalArgumentException().isThrownBy(() -> UserName.canonicalOfNew(name));
  }

  /** Whoever has got such a name from an older server can still be named, and log in. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "\u200b",
        "ad\u200da",
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
        "x\u00ad",
        "\u3164",
        "ada\u2800",
        "ada\uDB40\uDC61",
        "ada\u034f",
        "a\ufffd",
        "\u3000a",
        "\ue000"
      })
  void shouldGiveNobodyANameThatCannotBeSeen(String name) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> UserName.canonicalOfNew(name))
        .withMessageStartingWith("user name '")
        .withMessageContaining("contains the character U+");
    assertThat(UserName.problem(name)).isEmpty();
    assertThat(UserName.canonical(name)).isEqualTo(name);
  }

  @Test
  void shouldComposeWhatWasTyped() {
    assertThat(UserName.canonical("Zoe\u0308")).isEqualTo("Zo\u00eb");
    assertThat(UserName.problem("Zoe\u0308")).isPresent();
  }

  @Test
  void shouldCountBytesNotCharacters() {
    assertThat(UserName.problem("x".repeat(64))).isEmpty();
    assertThat(UserName.problem("x".repeat(65))).isPresent();
    assertThat(UserName.problem("\u00fc".repeat(32))).isEmpty();
    assertThat(UserName.problem("\u00fc".repeat(33))).isPresent();
  }
}
