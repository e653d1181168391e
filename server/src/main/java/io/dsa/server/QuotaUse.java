package io.dsa.server;

import io.dsa.protocol.ErrorCode;
import io.dsa.server.access.Quota;
import io.dsa.server.access.User;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.UUID;

/** What the sessions of each user have together of what has a quota. Thread-safe. */
final class QuotaUse {
  private record Key(UUID user, Quota quota) {}

  /** Only what is not zero, so that users who have gone leave nothing. */
  private final Map<Key, Integer> taken = new HashMap<>();

  /** Counts one more, or refuses. */
  synchronized void take(User user, Quota quota) {
    Key key = new Key(user.id(), quota);
    OptionalInt bound = user.quotas().of(quota);
    if (bound.isPresent() && taken.getOrDefault(key, 0) >= bound.getAsInt()) {
      throw new RequestException(
          ErrorCode.LIMIT,
          "quota "
              + quota.key()
              + ": user "
              + user.name()
              + " has all of its "
              + bound.getAsInt()
              + " "
              + quota.key());
    }
    taken.merge(key, 1, Integer::sum);
  }

  /** Counts some less that were taken. */
  synchronized void give(User user, Quota quota, int count) {
    taken.computeIfPresent(
        new Key(user.id(), quota), (_, n) -> n == count ? null : Integer.valueOf(n - count));
  }

  /** How many there are; for tests. */
  synchronized int taken(User user, Quota quota) {
    return taken.getOrDefault(new Key(user.id(), quota), 0);
  }
}
