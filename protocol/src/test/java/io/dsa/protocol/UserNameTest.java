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
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"
      })
  void shouldTakeNamesOfEveryScript(String name) {
    assertThat(UserName.problem(name)).isEmpty();
    assertThat(UserName.canonical(name)).isEqualTo(name);
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
        "\u200b",
        "x\u00ad",
        "\uD800",
        "a\ufffd",
        "\u3000a"
      })
  void shouldRefuse(String name) {
    assertThat(UserName.problem(name))
        .hasValueSatisfying(problem -> assertThat(problem).contains("user name").hasLineCount(1));
    assertThatIllegalArgumentException().isThrownBy(() -> UserName.canonical(name));
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
