package io.dsa.server.admin;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class PercentEncodingTest {
  @Test
  void shouldShowNothingThatCannotBeSeenForWhatItIs() {
    // A filler, a blank of Braille, half a pair, private use, a line's end, the text's direction.
    assertThat(PercentEncoding.printable("a\u3164b\u2800c\uD800d\uE000e\nf\u202Eg"))
        .isEqualTo("a?b?c?d?e?f?g");
  }

  @Test
  void shouldShowNoMoreCharactersThanAllowedAndNoHalfOnes() {
    assertThat(PercentEncoding.printable("\uD83D\uDE00".repeat(3), 2))
        .isEqualTo("\uD83D\uDE00".repeat(2));
    assertThat(PercentEncoding.printable("ab", 2)).isEqualTo("ab");
    assertThat(PercentEncoding.printable("", 2)).isEmpty();
  }
}
