package io.dsa.server;

import io.dsa.server.admin.NearestName;
import java.util.List;
import java.util.Optional;

/**
 * The keys that a server's configuration may have in one place, and what is meant by others.
 *
 * @param parent the key that has these under it; empty for those at the top
 */
record ConfigKeys(String parent, List<String> names) {
  static final ConfigKeys ROOT =
      new ConfigKeys(
          "",
          List.of(
              "name",
              "listen",
              "data-port",
              "pools",
              "dma-to-persistence",
              "limits",
              "state-directory",
              "admin",
              "admin-keystore"));
  static final ConfigKeys LIMITS =
      new ConfigKeys(
          "limits",
          List.of("sessions", "queues-per-session", "volumes-per-session", "lease-seconds"));

  private static final List<ConfigKeys> PLACES = List.of(ROOT, LIMITS);

  /** Returns one line about a key that is not known here, with the one that was meant if any. */
  Optional<String> problem(String name) {
    if (names.contains(name)) {
      return Optional.empty();
    }
    return Optional.of(
        "unknown key '"
            + name
            + (parent.isEmpty() ? "'" : "' under '" + parent + "'")
            + elsewhere(name)
                .or(() -> nearest(name).map(near -> "; did you mean '" + near + "'?"))
                .orElse("; the keys are " + String.join(", ", names)));
  }

  /** What the documents call it. */
  private String path(String name) {
    return parent.isEmpty() ? name : parent + "." + name;
  }

  /** By its own name or by its path, a key of another place, or of this one. */
  private static Optional<String> elsewhere(String name) {
    return PLACES.stream()
        .flatMap(place ->
            place.names.stream()
                .filter(known -> name.equals(known) || name.equals(place.path(known)))
                .map(place::directions))
        .findFirst();
  }

  private String directions(String known) {
    return parent.isEmpty()
        ? "; '" + known + "' stands by itself, at the beginning of a line"
        : "; it is '"
            + path(known)
            + "': write '"
            + parent
            + ":' on a line, and '"
            + known
            + ":' below it, set in";
  }

  /** Of another place only what is a slip of the pen. */
  private Optional<String> nearest(String name) {
    return NearestName.of(name, names)
        .or(() ->
            PLACES.stream()
                .filter(place -> !place.equals(this))
                .flatMap(
                    place -> NearestName.of(name, place.names, _ -> 2).map(place::path).stream())
                .findFirst());
  }
}
