package io.dsa.server.admin;

import io.dsa.protocol.ErrorCode;
import io.dsa.protocol.Secret;
import io.dsa.protocol.UserName;
import io.dsa.protocol.json.JsonObject;
import io.dsa.server.access.AccessException;
import io.dsa.server.access.Quota;
import io.dsa.server.access.Quotas;
import io.dsa.server.access.Right;
import io.dsa.server.access.User;
import io.dsa.server.access.Users;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import java.util.function.UnaryOperator;

/** {@code /api/v1/users} and what is below; all of it is for admins. */
final class UserRoutes {
  private static final String ALL = "/api/v1/users";
  private static final String ONE = ALL + "/{name}";
  private static final String RIGHTS = ONE + "/rights/{volume}";

  /** For how long a secret outlives its successor where nothing else is asked for. */
  private static final Duration OVERLAP = Duration.ofHours(1);

  private final Optional<Users> users;
  private final Volumes volumes;

  private UserRoutes(Optional<Users> users, Volumes volumes) {
    this.users = users;
    this.volumes = volumes;
  }

  static void add(RouteTable table, Optional<Users> users, Volumes volumes) {
    UserRoutes routes = new UserRoutes(users, volumes);
    routes.add(table, "GET", ALL, routes::list);
    routes.add(table, "POST", ALL, routes::add);
    routes.add(table, "GET", ONE, routes::show);
    routes.add(table, "PATCH", ONE, routes::change);
    routes.add(table, "DELETE", ONE, routes::remove);
    routes.add(table, "POST", ONE + "/rotate", routes::rotate);
    routes.add(table, "PUT", RIGHTS, routes::grant);
    routes.add(table, "DELETE", RIGHTS, routes::revoke);
  }

  private void add(RouteTable table, String method, String path, RouteTable.Handler handler) {
    table.add(
        method,
        path,
        RouteTable.Audience.ADMINS,
        request -> {
          try {
            return handler.answer(request);
          } catch (AccessException e) {
            throw new RefusedException(codeOf(e), e.getMessage(), e);
          }
        });
  }

  private static ErrorCode codeOf(AccessException e) {
    return switch (e.reason()) {
      case UNKNOWN_USER -> ErrorCode.UNKNOWN_USER;
      case USER_EXISTS -> ErrorCode.USER_EXISTS;
      case INVALID -> ErrorCode.BAD_REQUEST;
      case LAST_ADMIN -> ErrorCode.UNSUPPORTED;
      case FULL -> ErrorCode.LIMIT;
      case STATE -> ErrorCode.IO_ERROR;
    };
  }

  private Users users() {
    return users.orElseThrow(() ->
        new RefusedException(
            ErrorCode.UNSUPPORTED, "this server runs with --insecure and has no users"));
  }

  private AdminResponse list(AdminRequest request) {
    Map<UUID, String> names = volumeNames();
    return AdminResponse.ok(
        JsonObject.empty()
            .with("users", users().list().stream().map(user -> json(user, names)).toList()));
  }

  private AdminResponse add(AdminRequest request) {
    JsonObject body = request.json(List.of("name", "admin", "quotas"));
    String name = canonical(body.text("name"), UserName::canonicalOfNew);
    Secret secret =
        users()
            .add(name, body.optionalFlag("admin").orElse(false), quotas(body).orElse(Quotas.NONE));
    return AdminResponse.created(
        ALL + "/" + PercentEncoding.encode(name), json(name).with("secret", secret.toText()));
  }

  private AdminResponse show(AdminRequest request) {
    return AdminResponse.ok(json(name(request)));
  }

  private AdminResponse change(AdminRequest request) {
    JsonObject body = request.json(List.of("admin", "quotas"));
    Optional<Boolean> admin = body.optionalFlag("admin");
    Optional<Quotas> quotas = quotas(body);
    if (admin.isPresent() == quotas.isPresent()) {
      // Two changes could be done by half.
      throw new RefusedException(
          ErrorCode.BAD_REQUEST, "a change is either of 'admin' or of 'quotas'");
    }
    String name = name(request);
    return AdminResponse.ok(
        json(
            admin.isPresent()
                ? users().setAdmin(name, admin.get())
                : users().setQuotas(name, quotas.orElseThrow())));
  }

  private AdminResponse remove(AdminRequest request) {
    users().remove(name(request));
    return AdminResponse.noContent();
  }

  private AdminResponse rotate(AdminRequest request) {
    JsonObject body = request.json(List.of("overlap-seconds"));
    long seconds = body.optionalNumber("overlap-seconds").orElse(OVERLAP.toSeconds());
    String name = name(request);
    Secret secret = users().rotate(name, Duration.ofSeconds(seconds));
    return AdminResponse.ok(json(name).with("secret", secret.toText()));
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
    return AdminResponse.ok(json(setRights(request, rights)));
  }

  private AdminResponse revoke(AdminRequest request) {
    setRights(request, Set.of());
    return AdminResponse.noContent();
  }

  private User setRights(AdminRequest request, Set<Right> rights) {
    Volumes.Description volume = volumes.find(VolumeRoutes.canonical(request.variable("volume")));
    return users().setRights(name(request), volume.id(), rights);
  }

  private static Optional<Quotas> quotas(JsonObject body) {
    return body.optionalObject("quotas").map(UserRoutes::readQuotas);
  }

  private static Quotas readQuotas(JsonObject json) {
    AdminRequest.requireKnown(
        "quota", json.keys(), Arrays.stream(Quota.values()).map(Quota::key).toList());
    Quotas quotas = Quotas.NONE;
    for (Quota quota : Quota.values()) {
      Optional<Long> bound = json.optionalNumber(quota.key());
      if (bound.isPresent()) {
        // Too large or too small for a number of 32 bits is so for a quota.
        quotas = quotas.with(quota, Math.clamp(bound.get(), Integer.MIN_VALUE, Integer.MAX_VALUE));
      }
    }
    return quotas;
  }

  private static String name(AdminRequest request) {
    return canonical(request.variable("name"), UserName::canonical);
  }

  private static String canonical(String name, UnaryOperator<String> rules) {
    try {
      return rules.apply(name);
    } catch (IllegalArgumentException e) {
      throw new RefusedException(ErrorCode.INVALID_NAME, e.getMessage(), e);
    }
  }

  private Map<UUID, String> volumeNames() {
    Map<UUID, String> names = new HashMap<>();
    volumes.list().forEach(volume -> names.put(volume.id(), volume.name()));
    return names;
  }

  private JsonObject json(String name) {
    return json(
        users()
            .find(name)
            .orElseThrow(() ->
                new RefusedException(
                    ErrorCode.UNKNOWN_USER,
                    "there is no user named " + name + "; see 'dsa user list'")));
  }

  private JsonObject json(User user) {
    return json(user, user.rights().isEmpty() ? Map.of() : volumeNames());
  }

  private static JsonObject json(User user, Map<UUID, String> names) {
    return JsonObject.empty()
        .with("name", user.name())
        .with("admin", user.admin())
        .with("quotas", json(user.quotas()))
        .with("rights", rights(user, names));
  }

  private static JsonObject json(Quotas quotas) {
    JsonObject json = JsonObject.empty();
    for (Quota quota : Quota.values()) {
      OptionalInt bound = quotas.of(quota);
      bound.ifPresent(number -> json.with(quota.key(), number));
    }
    return json;
  }

  /** By the names of the volumes; rights on one that was just deleted are nothing to show. */
  private static List<JsonObject> rights(User user, Map<UUID, String> names) {
    List<UUID> volumes = new ArrayList<>(user.rights().keySet());
    volumes.retainAll(names.keySet());
    volumes.sort(Comparator.comparing(names::get));
    return volumes.stream()
        .map(volume ->
            JsonObject.empty()
                .with("volume", names.get(volume))
                .with(
                    "rights", user.rights().get(volume).stream().sorted().map(Words::of).toList()))
        .toList();
  }
}
