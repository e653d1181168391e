package io.dsa.server.admin;

import java.util.Base64;
import java.util.Optional;

/**
 * What proves who asks: {@code NAME.TOKEN}, the name percent-encoded as in a path, the token in
 * base64url without padding.
 *
 * @param user the name that it claims
 * @param token the proof, a secret
 */
public record BearerToken(String user, byte[] token) {
  private static final String SCHEME = "Bearer ";

  /** Reads the value of an Authorization header; empty if it is none of this kind. */
  static Optional<BearerToken> of(String header) {
    if (!header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      return Optional.empty();
    }
    String credentials = header.substring(SCHEME.length()).strip();
    int dot = credentials.lastIndexOf('.');
    if (dot < 1) {
      return Optional.empty();
    }
    try {
      return PercentEncoding.decode(credentials.substring(0, dot))
          .map(user ->
              new BearerToken(user, Base64.getUrlDecoder().decode(credentials.substring(dot + 1))));
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
