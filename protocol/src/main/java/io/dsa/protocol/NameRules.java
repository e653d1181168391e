package io.dsa.protocol;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.Optional;
import java.util.function.Function;

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
    return canonical(name, this::problem);
  }

  String canonicalOfNew(String name) {
    return canonical(name, this::problemOfNew);
  }

  private String canonical(String name, Function<String, Optional<String>> rules) {
    // Far too long to be a name, and not worth normalising.
    String canonical =
        name.length() > 4 * maxBytes || isAscii(name)
            ? name
            : Normalizer.normalize(name, Normalizer.Form.NFC);
    Optional<String> problem = rules.apply(canonical);
    if (problem.isPresent()) {
      throw new IllegalArgumentException(problem.get());
    }
    return canonical;
  }

  /**
   * Returns what is wrong with a name that somebody may have: what older versions gave is still
   * read and found.
   */
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

  /**
   * Returns what is wrong with a name that is to be given. Joiners (U+200C, U+200D) are among what
   * cannot be seen, although some scripts and emoji are written with them: nobody could tell two
   * names apart by them.
   */
  Optional<String> problemOfNew(String name) {
    Optional<String> problem = problem(name);
    if (problem.isPresent()) {
      return problem;
    }
    return name.codePoints()
        .filter(c -> !whyNotInNew(c).isEmpty())
        .mapToObj(c ->
            String.format(
                "%s '%s' contains the character U+%04X, which %s",
                what, printable(name), c, whyNotInNew(c)))
        .findFirst();
  }

  /** Empty for what a new name can have. */
  private static String whyNotInNew(int codePoint) {
    if (codePoint == REPLACEMENT) {
      return "stands for something that was no valid UTF-8";
    }
    if (PrintableText.unassigned(codePoint)) {
      return "Unicode gives no meaning; leave it out";
    }
    if (PrintableText.unseen(codePoint)) {
      return Character.isSpaceChar(codePoint)
          ? "looks like a space; the only space in a name is U+0020"
          : "cannot be seen; leave it out";
    }
    return "";
  }

  /** Such a name is in form C, and needs none of the tables of Unicode, which take long to load. */
  private static boolean isAscii(String name) {
    return name.chars().allMatch(c -> c < 0x80);
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
    int end = name.codePointCount(0, name.length()) > 64 ? name.offsetByCodePoints(0, 64) : -1;
    return end < 0 ? PrintableText.of(name) : PrintableText.of(name.substring(0, end)) + "...";
  }
}
