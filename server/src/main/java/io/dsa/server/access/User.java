package io.dsa.server.access;

import io.dsa.protocol.OpenMode;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;

/**
 * Somebody who uses the server, as at one moment. Immutable.
 *
 * @param id never used again, also not for another user of the same name
 * @param name see {@link io.dsa.protocol.UserName}
 * @param admin whether everything is allowed
 * @param rights by the volumes' ids, so that a volume that is renamed keeps them and another one of
 *     the same name does not get them; no empty sets
 * @param quotas bounds on what all sessions of the user have together
 */
public record User(
    UUID id, String name, boolean admin, Map<UUID, Set<Right>> rights, Quotas quotas) {
  public User {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(quotas, "quotas");
    Map<UUID, Set<Right>> copy = new HashMap<>();
    rights.forEach((volume, of) -> {
      if (!of.isEmpty()) {
        copy.put(volume, Collections.unmodifiableSet(EnumSet.copyOf(of)));
      }
    });
    rights = Collections.unmodifiableMap(copy);
  }

  /** Returns whether the user knows of the volume at all. */
  public boolean sees(UUID volume) {
    return admin || rights.containsKey(volume);
  }

  public boolean has(Right right, UUID volume) {
    return admin || rights.getOrDefault(volume, Set.of()).contains(right);
  }

  /** Returns the right that opens a volume in this way; {@link Right#WRITE} opens in every way. */
  public static Right rightToOpen(OpenMode mode) {
    return mode.writes() ? Right.WRITE : Right.READ;
  }

  public boolean mayOpen(UUID volume, OpenMode mode) {
    return has(rightToOpen(mode), volume) || has(Right.WRITE, volume);
  }

  /**
   * Says that the user may not do what it asked for, in one line for people.
   *
   * @param needed the right that it would need
   * @param volume its name
   */
  public String refusal(Right needed, String volume) {
    return "user "
        + name
        + " lacks the right '"
        + needed.word()
        + "' on volume "
        + volume
        + "; an admin can give it";
  }

  /**
   * Says that only admins do what the user asked for, in one line for people.
   *
   * @param what as in "listing pools"
   */
  public String adminsOnly(String what) {
    return what + " needs the role admin, which user " + name + " lacks";
  }

  User withAdmin(boolean newAdmin) {
    return new User(id, name, newAdmin, rights, quotas);
  }

  User withQuotas(Quotas newQuotas) {
    return new User(id, name, admin, rights, newQuotas);
  }

  User withRights(UUID volume, Set<Right> newRights) {
    Map<UUID, Set<Right>> changed = new HashMap<>(rights);
    changed.put(volume, newRights);
    return new User(id, name, admin, changed, quotas);
  }
}
