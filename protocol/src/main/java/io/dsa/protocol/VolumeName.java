package io.dsa.protocol;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.Optional;

/**
 * The rules for names of volumes, the same at both ends. A name
 *
 * <ul>
 *   <li>is 1 to {@value #MAX_BYTES} bytes of UTF-8, in Unicode normalisation form C;
 *   <li>has no {@code /}, no control characters, no line separators and no characters that change
 *       the direction of text, so that it prints as what it is;
 *   <li>does not begin with {@code -} (an option on a command line), {@code .} or a space, and does
 *       not end with a space.
 * </ul>
 */
public final class VolumeName {
  /** The longest name, in bytes of UTF-8. */
  public static final int MAX_BYTES = 255;

  private static final int REPLACEMENT = 0xFFFD;

  private VolumeName() {}

  /**
   * Returns {@code name} in normalisation form C, as a client sends what its user typed.
   *
   * @throws IllegalArgumentException if it breaks a rule; the message is one line that says which
   */
  public static String canonical(String name) {
    // Far too long to be a name, and not worth normalising.
    String canonical =
        name.length() > 4 * MAX_BYTES ? name : Normalizer.normalize(name, Normalizer.Form.NFC);
    Optional<String> problem = problem(canonical);
    if (problem.isPresent()) {
      throw new IllegalArgumentException(problem.get());
    }
    return canonical;
  }

  /** Returns what is wrong with {@code name}, in one line, or empty if it is a volume's name. */
  public static Optional<String> problem(String name) {
    if (name.isEmpty()) {
      return Optional.of("a volume name cannot be empty");
    }
    if (name.length() > MAX_BYTES || name.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES) {
      return Optional.of(
          "a volume name is at most "
              + MAX_BYTES
              + " bytes in UTF-8; '"
              + printable(name)
              + "' is longer");
    }
    char first = name.charAt(0);
    if (first == '-' || first == '.' || first == ' ') {
      return Optional.of("volume name '" + printable(name) + "' begins with '" + first + "'");
    }
    if (name.charAt(name.length() - 1) == ' ') {
      return Optional.of("volume name '" + printable(name) + "' ends with a space");
    }
    Optional<Integer> refused = name.codePoints().filter(VolumeName::refused).boxed().findFirst();
    if (refused.isPresent()) {
      return Optional.of(
          String.format(
              "volume name '%s' contains the character U+%04X, which is not allowed",
              printable(name), refused.get()));
    }
    if (!Normalizer.isNormalized(name, Normalizer.Form.NFC)) {
      return Optional.of(
          "volume name '" + printable(name) + "' is not in Unicode normalisation form C");
    }
    return Optional.empty();
  }

  /**
   * Returns what is wrong with {@code name} for a volume that is to get it, which is more than for
   * one that has it: what cannot be seen, or stands where something was no text, names nothing that
   * people could tell from another.
   */
  public static Optional<String> problemOfNew(String name) {
    Optional<String> problem = problem(name);
    if (problem.isPresent()) {
      return problem;
    }
    if (Character.isSpaceChar(name.codePointAt(0))
        || Character.isSpaceChar(name.codePointBefore(name.length()))) {
      return Optional.of("volume name '" + printable(name) + "' begins or ends with a space");
    }
    return name.codePoints()
        .filter(VolumeName::unseen)
        .mapToObj(c ->
            String.format(
                "volume name '%s' contains the character U+%04X, which %s",
                printable(name),
                c,
                c == REPLACEMENT
                    ? "stands for something that was no valid UTF-8"
                    : "a new name cannot have"))
        .findFirst();
  }

  private static boolean unseen(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.UNASSIGNED -> true;
      case Character.FORMAT -> !joins(codePoint);
      default -> codePoint == REPLACEMENT;
    };
  }

  /** Parts of how words and emoji are written. */
  private static boolean joins(int codePoint) {
    return codePoint == 0x200C
        || codePoint == 0x200D
        || (codePoint >= 0xE0020 && codePoint <= 0xE007F);
  }

  private static boolean refused(int codePoint) {
    return codePoint == '/'
        || switch (Character.getType(codePoint)) {
          case Character.CONTROL,
              Character.LINE_SEPARATOR,
              Character.PARAGRAPH_SEPARATOR,
              Character.SURROGATE ->
              true;
          default -> changesDirection(codePoint);
        };
  }

  private static boolean changesDirection(int codePoint) {
    return codePoint == 0x061C
        || codePoint == 0x200E
        || codePoint == 0x200F
        || (codePoint >= 0x202A && codePoint <= 0x202E)
        || (codePoint >= 0x2066 && codePoint <= 0x2069);
  }

  /** Returns what of a refused name can be shown in one line of an error. */
  private static String printable(String name) {
    StringBuilder out = new StringBuilder();
    name.codePoints()
        .limit(64)
        .map(c -> c != '/' && refused(c) ? '?' : c)
        .forEach(out::appendCodePoint);
    return name.codePointCount(0, name.length()) > 64
        ? out.append("...").toString()
        : out.toString();
  }
}
