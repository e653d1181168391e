package io.dsa.server.access;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.OptionalInt;

/**
 * A user's bounds; where there is none, the server's own limits are all. Immutable.
 *
 * @param bounds each at least 1: whoever is to have nothing is to be removed
 */
public record Quotas(Map<Quota, Integer> bounds) {
  /** No bounds but the server's. */
  public static final Quotas NONE = new Quotas(Map.of());

  public Quotas {
    Map<Quota, Integer> copy = new EnumMap<>(Quota.class);
    bounds.forEach((quota, bound) -> {
      if (bound < 1 || bound > quota.most()) {
        throw new AccessException(
            AccessException.Reason.INVALID,
            "quota "
                + quota.key()
                + " is "
                + bound
                + ", but must be 1 to "
                + quota.most()
                + "; leave it out for no bound, or remove the user who is to have none");
      }
      copy.put(quota, bound);
    });
    bounds = Collections.unmodifiableMap(copy);
  }

  /** Returns the bound, or empty where there is none. */
  public OptionalInt of(Quota quota) {
    Integer bound = bounds.get(quota);
    return bound == null ? OptionalInt.empty() : OptionalInt.of(bound);
  }

  /** Returns the same with another bound. */
  public Quotas with(Quota quota, int bound) {
    Map<Quota, Integer> changed = new EnumMap<>(Quota.class);
    changed.putAll(bounds);
    changed.put(quota, bound);
    return new Quotas(changed);
  }
}
