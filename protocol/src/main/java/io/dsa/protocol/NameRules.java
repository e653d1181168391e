package io.dsa.protocol;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.Optional;

/**
 * What a name may be that people choose and read: it prints as what it is, and no two that look the
 * same by Unicode's own rules differ.
 *
 * @param what is named, for messages
 * @param maxBytes the longest name, in bytes of UTF-8
 * @param refusedCharacters which of those that can be printed it cannot have
 */
record NameRules(String what, int maxBytes, String refusedCharacters) {
  private static final int REPLACEMENT = 0xFFFD;

  String canonical(String name) {
    // Far too long to be a name, and not worth normalising.
    String canonical =
        name.length() > 4 * maxBytes || isAscii(name)
            ? name
            : Normalizer.normalize(name, Normalizer.Form.NFC);
    Optional<String> problem = problem(canonical);
    if (problem.isPresent()) {
      throw new IllegalArgumentException(problem.get());
    }
    return canonical;
  }

  Optional<String> problem(String name) {
    if (name.isEmpty()) {
      return Optional.of("a " + what + " cannot be empty");
    }
    if (name.length() > maxBytes || name.getBytes(StandardCharsets.UTF_8).length > maxBytes) {
      return Optional.of(
          "a "
              + what
              + " is at most "
              + maxBytes
              + " bytes in UTF-8; '"
              + printable(name)
              + "' is longer");
    }
    char first = name.charAt(0);
    if (first == '-' || first == '.' || first == ' ') {
      return Optional.of(what + " '" + printable(name) + "' begins with '" + first + "'");
    }
    if (name.charAt(name.length() - 1) == ' ') {
      return Optional.of(what + " '" + printable(name) + "' ends with a space");
    }
    Optional<Integer> refused = name.codePoints().filter(this::refused).boxed().findFirst();
    if (refused.isPresent()) {
      return Optional.of(
          String.format(
              "%s '%s' contains the character U+%04X, which is not allowed",
              what, printable(name), refused.get()));
    }
    if (!isAscii(name) && !Normalizer.isNormalized(name, Normalizer.Form.NFC)) {
      return Optional.of(
          what + " '" + printable(name) + "' is not in Unicode normalisation form C");
    }
    return Optional.empty();
  }

  Optional<String> problemOfNew(String name) {
    Optional<String> problem = problem(name);
    if (problem.isPresent()) {
      return problem;
    }
    if (Character.isSpaceChar(name.codePointAt(0))
        || Character.isSpaceChar(name.codePointBefore(name.length()))) {
      return Optional.of(what + " '" + printable(name) + "' begins or ends with a space");
    }
    return name.codePoints()
        .filter(NameRules::unseen)
        .mapToObj(c ->
            String.format(
                "%s '%s' contains the character U+%04X, which %s",
                what,
                printable(name),
                c,
                c == REPLACEMENT
                    ? "stands for something that was no valid UTF-8"
                    : "a new name cannot have"))
        .findFirst();
  }

  /** Such a name is in form C, and needs none of the tables of Unicode, which take long to load. */
  private static boolean isAscii(String name) {
    return name.chars().allMatch(c -> c < 0x80);
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

  private boolean refused(int codePoint) {
    return refusedCharacters.indexOf(codePoint) >= 0 || unprintable(codePoint);
  }

  private static boolean unprintable(int codePoint) {
    return switch (Character.getType(codePoint)) {
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
    name.codePoints().limit(64).map(c -> unprintable(c) ? '?' : c).forEach(out::appendCodePoint);
    return name.codePointCount(0, name.length()) > 64
        ? out.append("...").toString()
        : out.toString();
  }
}
