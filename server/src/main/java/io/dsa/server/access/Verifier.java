package io.dsa.server.access;

import io.dsa.protocol.KeptKeys;
import java.time.Instant;

/**
 * What is kept of one secret of a user.
 *
 * @param validUntil when it ends by the wall clock; {@link Instant#MAX} where no end is set
 */
record Verifier(KeptKeys keys, Instant validUntil) {
  static Verifier of(KeptKeys keys) {
    return new Verifier(keys, Instant.MAX);
  }

  boolean isValid(Instant now) {
    return now.isBefore(validUntil);
  }

  /** As it is once another secret has taken its place; a time that was set before stays. */
  Verifier until(Instant end) {
    return end.isBefore(validUntil) ? new Verifier(keys, end) : this;
  }
}
