package io.dsa.server.admin;

import java.util.regex.Pattern;

/**
 * Hides, in a text that somebody sent, whatever has the form of a {@link io.dsa.protocol.Secret} or
 * of a token: people paste a line of credentials where a name belongs. A name of that form is
 * hidden too, since nobody can tell the two apart.
 */
final class SecretMask {
  /** Stands where something was that is not to be seen. */
  static final String HIDDEN = "[secret]";

  /** One character of base64url, as itself or percent-encoded, which nobody has to do. */
  private static final String DIGIT =
      "(?:[A-Za-z0-9_-]|%(?:2[Dd]|3[0-9]|4[1-9A-Fa-f]|5[0-9AaFf]|6[1-9A-Fa-f]|7[0-9Aa]))";

  /** Wherever it begins and whatever follows, as two that are joined are two secrets. */
  private static final String SECRET = "(?:d|%64)(?:s|%73)(?:a|%61)(?:-|%2[Dd])" + DIGIT + "{43}";

  /** Has no beginning of its own, so only where it stands by itself: names can be long. */
  private static final String TOKEN =
      "(?:(?<![A-Za-z0-9_-])|(?<=%[0-9A-Fa-f]{2}))" + DIGIT + "{43}(?!" + DIGIT + ")";

  private static final Pattern EITHER = Pattern.compile(SECRET + "|" + TOKEN);

  private SecretMask() {}

  /** To be called before a text is shortened: what is left of a secret has no form. */
  static String of(String text) {
    return EITHER.matcher(text).replaceAll(HIDDEN);
  }
}
