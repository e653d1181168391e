package io.dsa.protocol;

import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** The one rule for text in messages: valid UTF-8 within the field's limit. */
final class WireText {
  private WireText() {}

  /**
   * Returns {@code text} if it can be sent.
   *
   * @throws IllegalArgumentException if it is longer than {@code maxBytes} in UTF-8 or has half a
   *     surrogate pair
   */
  static String check(String field, String text, int maxBytes) {
    Objects.requireNonNull(text, field);
    int bytes;
    try {
      bytes = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text)).remaining();
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException(field + " has half a surrogate pair", e);
    }
    if (bytes > maxBytes) {
      throw new IllegalArgumentException(
          field + " is " + bytes + " bytes in UTF-8, more than " + maxBytes);
    }
    return text;
  }

  /** Returns {@code text} in valid UTF-8, cut between code points to fit {@code maxBytes}. */
  static String fit(String text, int maxBytes) {
    StringBuilder out = new StringBuilder();
    int bytes = 0;
    for (int i = 0; i < text.length(); ) {
      int codePoint = text.codePointAt(i);
      i += Character.charCount(codePoint);
      if (codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE) {
        codePoint = '?';
      }
      bytes += codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;
      if (bytes > maxBytes) {
        break;
      }
      out.appendCodePoint(codePoint);
    }
    return out.toString();
  }
}
