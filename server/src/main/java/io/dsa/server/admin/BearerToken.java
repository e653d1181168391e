package io.dsa.server.admin;

import io.dsa.protocol.Bytes32;
import java.util.Optional;

/**
 * What shows who asks: {@code NAME.TOKEN}, the name percent-encoded as in a path.
 *
 * @param user the name that it claims
 * @param token the user's admin token, a secret
 */
record BearerToken(String user, Bytes32 token) {
  private static final String SCHEME = "Bearer ";

  /** Reads the value of an Authorization header; empty if it is none of this kind. */
  static Optional<BearerToken> of(String header) {
    if (!header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      return Optional.empty();
    }
    String shown = header.substring(SCHEME.length()).strip();
    int dot = shown.lastIndexOf('.');
    if (dot < 1) {
      return Optional.empty();
    }
    try {
      Bytes32 token = Bytes32.parse(shown.substring(dot + 1));
      return PercentEncoding.decode(shown.substring(0, dot))
          .map(user -> new BearerToken(user, token));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** Without the secret. */
  @Override
  public String toString() {
    return "BearerToken[" + user + "]";
  }
}
