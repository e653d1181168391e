package io.dsa.sal;

import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** What can be said about text from outside in one line of an error. */
final class Text {
  private static final int SHOWN = 64;

  private Text() {}

  /** Returns {@code text} without control characters and not longer than an error can show. */
  static String printable(String text) {
    StringBuilder out = new StringBuilder();
    text.codePoints().limit(SHOWN).map(c -> isPrintable(c) ? c : '?').forEach(out::appendCodePoint);
    return text.codePoints().limit(SHOWN + 1).count() > SHOWN
        ? out.append("...").toString()
        : out.toString();
  }

  static boolean isPrintable(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          // Such as those that turn the direction of what is shown behind them.
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE ->
          false;
      default -> true;
    };
  }

  /** Returns the bytes of {@code text}, or null if it is no valid UTF-16. */
  static byte[] utf8(String text) {
    try {
      var bytes = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
      byte[] out = new byte[bytes.remaining()];
      bytes.get(out);
      return out;
    } catch (CharacterCodingException e) {
      return null;
    }
  }
}
