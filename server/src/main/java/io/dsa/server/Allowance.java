package io.dsa.server;

import io.dsa.server.access.Access;
import io.dsa.server.access.Quota;
import io.dsa.server.access.User;

/**
 * What one user may take, by the quotas that it has when it takes it. Thread-safe.
 *
 * @param user as it was when the session began
 */
record Allowance(User user, Access access, QuotaUse use) {
  /** Takes one, to be given back, or refuses with LIMIT. */
  void take(Quota quota) {
    use.take(access.current(user).orElse(user), quota);
  }

  void give(Quota quota, int count) {
    use.give(user, quota, count);
  }
}
