package io.dsa.protocol;

/**
 * Text of which people see every character for what it is: what else is in it could make two names
 * look the same, or one line look like another.
 */
public final class PrintableText {
  /**
   * First and last of each range of Unicode's property Default_Ignorable_Code_Point, which Java
   * does not know. Unicode has put code points aside in it for what it has yet to define, so that
   * it hardly ever changes.
   */
  private static final int[] DEFAULT_IGNORABLE = {
    0x00AD, 0x00AD, 0x034F, 0x034F, 0x061C, 0x061C, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180B, 0x180F,
    0x200B, 0x200F, 0x202A, 0x202E, 0x2060, 0x206F, 0x3164, 0x3164, 0xFE00, 0xFE0F, 0xFEFF, 0xFEFF,
    0xFFA0, 0xFFA0, 0xFFF0, 0xFFF8, 0x1BCA0, 0x1BCA3, 0x1D173, 0x1D17A, 0xE0000, 0xE0FFF
  };

  private PrintableText() {}

  /**
   * Returns {@code text} with a {@code ?} for each character that cannot be printed as what it is;
   * for what a peer says of itself, which cannot be refused for that.
   */
  public static String of(String text) {
    return text.codePoints()
        .map(c -> unseen(c) || unassigned(c) ? '?' : c)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  /** Whether it shows nothing, looks like a space and is none, or does something to the text. */
  static boolean unseen(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          true;
      case Character.SPACE_SEPARATOR -> codePoint != ' ';
      default -> isDefaultIgnorable(codePoint) || isBlank(codePoint);
    };
  }

  /** Whether Unicode gives it no meaning, so that it is shown as a box, or as anything. */
  static boolean unassigned(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.UNASSIGNED, Character.PRIVATE_USE, Character.SURROGATE -> true;
      default -> false;
    };
  }

  static boolean isDefaultIgnorable(int codePoint) {
    for (int i = 0; i < DEFAULT_IGNORABLE.length && codePoint >= DEFAULT_IGNORABLE[i]; i += 2) {
      if (codePoint <= DEFAULT_IGNORABLE[i + 1]) {
        return true;
      }
    }
    return false;
  }

  /** Braille without a dot, the filler of Khitan, a note without a head: symbols to Unicode. */
  private static boolean isBlank(int codePoint) {
    return codePoint == 0x2800 || codePoint == 0x16FE4 || codePoint == 0x1D159;
  }
}
