package io.dsa.protocol;

import java.nio.charset.StandardCharsets;

/**
 * What a user and nobody else knows: 32 random bytes, written as {@code dsa-} and base64url without
 * padding, 47 characters in all. Servers show it once, when they make it, and keep {@link KeptKeys}
 * instead.
 *
 * <p>Being random, it needs neither salt nor a slow hash: there is no list of likely secrets to
 * try.
 */
public final class Secret {
  private static final String PREFIX = "dsa-";

  private final Bytes32 bytes;

  private Secret(Bytes32 bytes) {
    this.bytes = bytes;
  }

  /** Returns a new one that nobody can guess. */
  public static Secret random() {
    return new Secret(Bytes32.random());
  }

  /**
   * Returns what {@link #toText} wrote.
   *
   * @throws IllegalArgumentException for any other text; the message does not repeat it
   */
  public static Secret parse(String text) {
    if (text.startsWith(PREFIX)) {
      try {
        return new Secret(Bytes32.parse(text.substring(PREFIX.length())));
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(shape(), e);
      }
    }
    throw new IllegalArgumentException(shape());
  }

  private static String shape() {
    return "a secret is '" + PREFIX + "' and 43 characters of base64url, 47 in all";
  }

  /** Returns the secret itself, to be shown or written where only its user reads. */
  public String toText() {
    return PREFIX + bytes.toText();
  }

  /** Returns what proves to a server that a client knows the secret. */
  Bytes32 clientKey() {
    return derive("DSA client");
  }

  /** Returns what proves to a client that a server keeps the secret's keys. */
  Bytes32 serverKey() {
    return derive("DSA server");
  }

  /**
   * Returns what stands for the user over HTTPS, so that the secret itself never leaves its user's
   * machine.
   */
  public Bytes32 adminToken() {
    return derive("DSA admin");
  }

  private Bytes32 derive(String purpose) {
    return Sha256.hmac(bytes, purpose.getBytes(StandardCharsets.US_ASCII));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Secret that && bytes.equals(that.bytes);
  }

  @Override
  public int hashCode() {
    return bytes.hashCode();
  }

  @Override
  public String toString() {
    return "Secret[not shown]";
  }
}
