package io.dsa.server.access;

import java.time.Instant;
import java.util.List;
import java.util.function.Predicate;

/**
 * A user and what recognises it. Immutable.
 *
 * @param verifiers the newest secret's first; one, or two while a rotation's overlap lasts
 */
record Account(User user, List<Verifier> verifiers) {
  static final int MOST_VERIFIERS = 2;

  Account {
    verifiers = List.copyOf(verifiers);
    if (verifiers.isEmpty() || verifiers.size() > MOST_VERIFIERS) {
      throw new IllegalArgumentException(
          "user " + user.name() + " has " + verifiers.size() + " secrets");
    }
    if (!verifiers.getFirst().validUntil().equals(Instant.MAX)) {
      throw new IllegalArgumentException("the newest secret of user " + user.name() + " ends");
    }
  }

  Account with(User changed) {
    return new Account(changed, verifiers);
  }

  boolean has(Predicate<Verifier> ended) {
    return verifiers.stream().anyMatch(ended);
  }

  /** Without the secrets whose time is over; the newest one has no end. */
  Account without(Predicate<Verifier> ended) {
    return new Account(user, verifiers.stream().filter(ended.negate()).toList());
  }
}
