package io.dsa.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PrintableTextTest {
  /** As Unicode's DerivedCoreProperties.txt lists them, name by name. */
  @ParameterizedTest
  @CsvSource({
    "00AD, 00AD, soft hyphen",
    "034F, 034F, combining grapheme joiner",
    "061C, 061C, Arabic letter mark",
    "115F, 1160, Hangul fillers",
    "17B4, 17B5, inherent vowels of Khmer",
    "180B, 180F, variation selectors of Mongolian",
    "200B, 200F, zero width space and joiners and marks of direction",
    "202A, 202E, embeddings and overrides of direction",
    "2060, 206F, word joiner and invisible operators and isolates",
    "3164, 3164, Hangul filler",
    "FE00, FE0F, variation selectors",
    "FEFF, FEFF, zero width no-break space",
    "FFA0, FFA0, half-width Hangul filler",
    "FFF0, FFF8, unassigned",
    "1BCA0, 1BCA3, controls of shorthand",
    "1D173, 1D17A, controls of music",
    "E0000, E0FFF, tags and more variation selectors",
    "0000, 001F, control characters",
    "007F, 00A0, control characters and the no-break space",
    "1680, 1680, Ogham space",
    "2000, 200A, spaces by width",
    "2028, 2029, separators of lines and paragraphs",
    "202F, 202F, narrow no-break space",
    "205F, 205F, space of mathematics",
    "2800, 2800, Braille without a dot",
    "3000, 3000, ideographic space",
    "FFF9, FFFB, annotations between lines",
    "16FE4, 16FE4, filler of Khitan",
    "1D159, 1D159, a note without a head",
    "D800, DFFF, surrogates",
    "E000, F8FF, private use",
    "0378, 0379, unassigned",
    "FDD0, FDEF, no characters",
    "FFFE, FFFF, no characters",
    "F0000, 10FFFF, private use"
  })
  void shouldShowAMarkInThePlaceOf(String first, String last, String what) {
    IntStream.rangeClosed(Integer.parseInt(first, 16), Integer.parseInt(last, 16))
        .forEach(c ->
            assertThat(PrintableText.of("a" + Character.toString(c) + "b"))
                .as("%s: U+%04X", what, c)
                .isEqualTo("a?b"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "host1 (pid 7)",
        "gr\u00fc\u00dfe",
        "\u6ce8\u6587",
        "\u0915\u094d\u0937\u093f",
        "\u0e19\u0e49\u0e33",
        "\u0645\u06cc\u062e\u0648\u0627\u0647\u0645",
        "\ud55c\uae00",
        "\uD83D\uDE00"
      })
  void shouldLeaveWhatCanBeRead(String text) {
    assertThat(PrintableText.of(text)).isEqualTo(text);
  }

  /** Unicode 16 has this many in Default_Ignorable_Code_Point; none is forgotten, none is more. */
  @Test
  void shouldKnowEveryDefaultIgnorableCodePoint() {
    assertThat(
            IntStream.rangeClosed(0, Character.MAX_CODE_POINT)
                .filter(PrintableText::isDefaultIgnorable)
                .count())
        .isEqualTo(4174);
  }
}
