package io.dsa.server.admin;

import java.time.Duration;

/**
 * The bounds on what anybody can take of the admin plane.
 *
 * @param connections at a time; more are closed at once
 * @param connectionsOfHost of those, from one address
 * @param requestBytes of a body
 * @param requestTime from connecting to the end of the first request, TLS included; then from each
 *     answer to the end of the next request
 * @param writeTime for an answer to be taken
 * @param workers requests that are answered at a time; more are told to come back
 * @param closeTime for what is under way when the server closes
 */
record AdminLimits(
    int connections,
    int connectionsOfHost,
    int requestBytes,
    Duration requestTime,
    Duration writeTime,
    int workers,
    Duration closeTime) {
  /** An emulated machine takes several seconds for its first TLS handshake. */
  static final AdminLimits DEFAULT =
      new AdminLimits(
          64,
          16,
          64 << 10,
          Duration.ofSeconds(20),
          Duration.ofSeconds(10),
          16,
          Duration.ofSeconds(5));

  /** Of the first line of a request. */
  static final int LINE_BYTES = 4096;

  /** Of all headers of a request. */
  static final int HEADER_BYTES = 8192;

  /**
   * What is read of a body that is too large, so that its sender reads why before he is cut off.
   */
  static final int DISCARDED_BYTES = 1 << 20;
}
