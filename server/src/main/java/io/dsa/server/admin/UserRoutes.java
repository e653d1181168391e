package io.dsa.server.admin;

import io.dsa.protocol.ErrorCode;
import io.dsa.protocol.UserName;
import io.dsa.protocol.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;

/** {@code /api/v1/users} and what is below; all of it is for admins. */
final class UserRoutes {
  private static final String ALL = "/api/v1/users";
  private static final String ONE = ALL + "/{name}";
  private static final String RIGHTS = ONE + "/rights/{volume}";

  /** For how long a secret outlives its successor where nothing else is asked for. */
  private static final Duration OVERLAP = Duration.ofHours(1);

  private static final Duration LONGEST_OVERLAP = Duration.ofDays(30);

  private final Accounts accounts;
  private final Volumes volumes;

  private UserRoutes(Accounts accounts, Volumes volumes) {
    this.accounts = accounts;
    this.volumes = volumes;
  }

  static void add(RouteTable table, Accounts accounts, Volumes volumes) {
    UserRoutes routes = new UserRoutes(accounts, volumes);
    table
        .add("GET", ALL, RouteTable.Audience.ADMINS, routes::list)
        .add("POST", ALL, RouteTable.Audience.ADMINS, routes::add)
        .add("GET", ONE, RouteTable.Audience.ADMINS, routes::show)
        .add("PATCH", ONE, RouteTable.Audience.ADMINS, routes::change)
        .add("DELETE", ONE, RouteTable.Audience.ADMINS, routes::remove)
        .add("POST", ONE + "/rotate", RouteTable.Audience.ADMINS, routes::rotate)
        .add("PUT", RIGHTS, RouteTable.Audience.ADMINS, routes::grant)
        .add("DELETE", RIGHTS, RouteTable.Audience.ADMINS, routes::revoke);
  }

  private AdminResponse list(AdminRequest request) {
    Map<UUID, String> names = volumeNames();
    return AdminResponse.ok(
        JsonObject.empty()
            .with("users", accounts.users().stream().map(user -> json(user, names)).toList()));
  }

  private AdminResponse add(AdminRequest request) {
    JsonObject body = request.json(List.of("name", "admin", "quotas"));
    Accounts.Issued issued =
        accounts.add(
            canonical(body.text("name")),
            body.optionalFlag("admin").orElse(false),
            quotas(body).orElse(Accounts.Quotas.NONE));
    return AdminResponse.created(
        ALL + "/" + PercentEncoding.encode(issued.user().name()), json(issued));
  }

  private AdminResponse show(AdminRequest request) {
    return AdminResponse.ok(json(accounts.user(name(request))));
  }

  private AdminResponse change(AdminRequest request) {
    JsonObject body = request.json(List.of("admin", "quotas"));
    return AdminResponse.ok(
        json(accounts.change(name(request), body.optionalFlag("admin"), quotas(body))));
  }

  private AdminResponse remove(AdminRequest request) {
    accounts.remove(name(request));
    return AdminResponse.noContent();
  }

  private AdminResponse rotate(AdminRequest request) {
    JsonObject body = request.json(List.of("overlap-seconds"));
    long seconds = body.optionalNumber("overlap-seconds").orElse(OVERLAP.toSeconds());
    if (seconds < 0 || seconds > LONGEST_OVERLAP.toSeconds()) {
      throw new RefusedException(
          ErrorCode.BAD_REQUEST,
          "overlap-seconds is " + seconds + ", but must be 0 to " + LONGEST_OVERLAP.toSeconds());
    }
    return AdminResponse.ok(json(accounts.rotate(name(request), Duration.ofSeconds(seconds))));
  }

  private AdminResponse grant(AdminRequest request) {
    JsonObject body = request.json(List.of("rights"));
    Set<Right> rights = EnumSet.noneOf(Right.class);
    for (String word : body.texts("rights")) {
      rights.add(Words.read("rights", word, Right.class));
    }
    if (rights.isEmpty()) {
      throw new RefusedException(
          ErrorCode.BAD_REQUEST, "rights: name one at least of read, write, manage");
    }
    return setRights(request, rights);
  }

  private AdminResponse revoke(AdminRequest request) {
    setRights(request, Set.of());
    return AdminResponse.noContent();
  }

  private AdminResponse setRights(AdminRequest request, Set<Right> rights) {
    Volumes.Description volume = volumes.find(VolumeRoutes.canonical(request.variable("volume")));
    return AdminResponse.ok(json(accounts.setRights(name(request), volume.id(), rights)));
  }

  private static Optional<Accounts.Quotas> quotas(JsonObject body) {
    return body.optionalObject("quotas")
        .map(quotas -> {
          AdminRequest.requireKnown("key", quotas.keys(), List.of("sessions", "queues", "windows"));
          return new Accounts.Quotas(
              quota(quotas, "sessions"), quota(quotas, "queues"), quota(quotas, "windows"));
        });
  }

  private static OptionalInt quota(JsonObject quotas, String key) {
    Optional<Long> value = quotas.optionalNumber(key);
    if (value.isEmpty()) {
      return OptionalInt.empty();
    }
    if (value.get() < 0 || value.get() > Integer.MAX_VALUE) {
      throw new RefusedException(
          ErrorCode.BAD_REQUEST,
          "quotas." + key + " is " + value.get() + ", which is no number of " + key);
    }
    return OptionalInt.of(value.get().intValue());
  }

  private static String name(AdminRequest request) {
    return canonical(request.variable("name"));
  }

  private static String canonical(String name) {
    try {
      return UserName.canonical(name);
    } catch (IllegalArgumentException e) {
      throw new RefusedException(ErrorCode.INVALID_NAME, e.getMessage(), e);
    }
  }

  private Map<UUID, String> volumeNames() {
    Map<UUID, String> names = new HashMap<>();
    volumes.list().forEach(volume -> names.put(volume.id(), volume.name()));
    return names;
  }

  private JsonObject json(Accounts.Issued issued) {
    return json(issued.user()).with("secret", issued.secret());
  }

  private JsonObject json(Accounts.Description user) {
    return json(user, user.rights().isEmpty() ? Map.of() : volumeNames());
  }

  private static JsonObject json(Accounts.Description user, Map<UUID, String> names) {
    return JsonObject.empty()
        .with("name", user.name())
        .with("admin", user.admin())
        .with("secrets", user.secrets())
        .with("quotas", json(user.quotas()))
        .with("rights", rights(user, names));
  }

  private static JsonObject json(Accounts.Quotas quotas) {
    JsonObject json = JsonObject.empty();
    quotas.sessions().ifPresent(number -> json.with("sessions", number));
    quotas.queues().ifPresent(number -> json.with("queues", number));
    quotas.windows().ifPresent(number -> json.with("windows", number));
    return json;
  }

  /** By the names of the volumes; rights on one that was just deleted are nothing to show. */
  private static List<JsonObject> rights(Accounts.Description user, Map<UUID, String> names) {
    List<UUID> volumes = new ArrayList<>(user.rights().keySet());
    volumes.retainAll(names.keySet());
    volumes.sort((a, b) -> names.get(a).compareTo(names.get(b)));
    return volumes.stream()
        .map(volume ->
            JsonObject.empty()
                .with("volume", names.get(volume))
                .with(
                    "rights", user.rights().get(volume).stream().sorted().map(Words::of).toList()))
        .toList();
  }
}
