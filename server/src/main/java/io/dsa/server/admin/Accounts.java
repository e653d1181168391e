package io.dsa.server.admin;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;

/**
 * The users of the server. Thread-safe; a change is durable when it returns. Every method throws
 * {@link RefusedException}.
 */
public interface Accounts {
  /**
   * What a user may take; where a number is absent the server's own limit stands, and 0 is none.
   */
  record Quotas(OptionalInt sessions, OptionalInt queues, OptionalInt windows) {
    public static final Quotas NONE =
        new Quotas(OptionalInt.empty(), OptionalInt.empty(), OptionalInt.empty());
  }

  /**
   * One user.
   *
   * @param rights what he may do, by the volumes' ids; nothing for the volumes that it lacks
   * @param secrets how many are valid now: two while a rotation's overlap lasts
   */
  record Description(
      String name, boolean admin, Quotas quotas, Map<UUID, Set<Right>> rights, int secrets) {
    public Description {
      rights = Map.copyOf(rights);
    }
  }

  /**
   * A user and his new secret, which is shown this once.
   *
   * @param secret as he writes it into his credentials file
   */
  record Issued(Description user, String secret) {
    /** Without the secret. */
    @Override
    public String toString() {
      return "Issued[" + user + "]";
    }
  }

  /** Every user, in the order of their names. */
  List<Description> users();

  Description user(String name);

  Issued add(String name, boolean admin, Quotas quotas);

  /**
   * Gives a user another secret.
   *
   * @param overlap for how long the one before is valid too
   */
  Issued rotate(String name, Duration overlap);

  /** Changes what is given; what is empty stays. */
  Description change(String name, Optional<Boolean> admin, Optional<Quotas> quotas);

  /** Removes a user, and ends every session of his before it returns. */
  void remove(String name);

  /**
   * Sets a user's rights on a volume.
   *
   * @param rights all that he is to have; none takes them away
   */
  Description setRights(String name, UUID volume, Set<Right> rights);
}
