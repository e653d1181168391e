package io.dsa.client.admin;

import io.dsa.client.DsaException;
import java.net.URI;
import java.util.Locale;

/** Decides whether a server's certificate is the one that is expected. Thread-safe. */
@FunctionalInterface
public interface FingerprintPin {
  /**
   * Looks at a fingerprint before anything is said to the server.
   *
   * @param server {@code https://HOST:PORT}
   * @param fingerprint SHA-256 of its certificate, 64 hexadecimal digits in lower case
   * @throws DsaException if it is another's, in one line that says what to do
   */
  void check(URI server, String fingerprint);

  /**
   * Only this one.
   *
   * @param expected 64 hexadecimal digits, colons between them or not
   * @throws IllegalArgumentException if it is none
   */
  static FingerprintPin of(String expected) {
    String wanted = normal(expected);
    return (server, fingerprint) -> {
      if (!fingerprint.equals(wanted)) {
        throw new DsaException(
            DsaException.Category.NOT_PERMITTED,
            server
                + ": its certificate has the fingerprint "
                + fingerprint
                + ", not the expected "
                + wanted
                + "; is this the right server?");
      }
    };
  }

  /** As it is compared and written. */
  static String normal(String fingerprint) {
    String digits = fingerprint.replace(":", "").strip().toLowerCase(Locale.ROOT);
    if (!digits.matches("[0-9a-f]{64}")) {
      throw new IllegalArgumentException(
          "'" + fingerprint + "' is no SHA-256 fingerprint: 64 hexadecimal digits");
    }
    return digits;
  }
}
