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
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE ->
          false;
      default -> !changesDirection(codePoint);
    };
  }

  /** Says whether what is shown behind it would read as something else. */
  private static boolean changesDirection(int codePoint) {
    return codePoint == 0x061C
        || codePoint == 0x200E
        || codePoint == 0x200F
        || (codePoint >= 0x202A && codePoint <= 0x202E)
        || (codePoint >= 0x2066 && codePoint <= 0x2069);
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
