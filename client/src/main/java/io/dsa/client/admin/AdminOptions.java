package io.dsa.client.admin;

import io.dsa.client.Credentials;
import java.net.URI;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * Whom to ask, and how. Immutable.
 *
 * @param server {@code https://HOST:PORT}
 * @param timeout for connecting, and for each answer of a server that has no space to zero
 * @param credentials who asks; empty for a server without authentication
 * @param pin decides about the certificate's fingerprint
 */
public record AdminOptions(
    URI server, Duration timeout, Optional<Credentials> credentials, FingerprintPin pin) {
  /** The port where none is named. */
  public static final int DEFAULT_PORT = 7480;

  /** Where a server on this machine is administered. */
  public static final URI DEFAULT_SERVER = URI.create("https://127.0.0.1:" + DEFAULT_PORT);

  /**
   * Checks them.
   *
   * @throws IllegalArgumentException in one line
   */
  public AdminOptions {
    Objects.requireNonNull(credentials, "credentials");
    Objects.requireNonNull(pin, "pin");
    server = withPort(server);
    if (timeout.isNegative() || timeout.isZero()) {
      throw new IllegalArgumentException("the time-out must be positive, not " + timeout);
    }
  }

  private static URI withPort(URI server) {
    boolean bare =
        "https".equalsIgnoreCase(server.getScheme())
            && server.getHost() != null
            && server.getUserInfo() == null
            && (server.getRawPath().isEmpty() || server.getRawPath().equals("/"))
            && server.getRawQuery() == null
            && server.getRawFragment() == null;
    if (!bare) {
      throw new IllegalArgumentException("'" + server + "' is not https://HOST:PORT");
    }
    int port = server.getPort() < 0 ? DEFAULT_PORT : server.getPort();
    return URI.create("https://" + server.getHost() + ":" + port);
  }

  /** Ten seconds, nobody in particular. */
  public static AdminOptions of(URI server, FingerprintPin pin) {
    return new AdminOptions(server, Duration.ofSeconds(10), Optional.empty(), pin);
  }

  public AdminOptions withTimeout(Duration newTimeout) {
    return new AdminOptions(server, newTimeout, credentials, pin);
  }

  public AdminOptions withCredentials(Credentials known) {
    return new AdminOptions(server, timeout, Optional.of(known), pin);
  }

  /** Without the secret. */
  @Override
  public String toString() {
    return "AdminOptions[" + server + ", " + timeout + "]";
  }
}
