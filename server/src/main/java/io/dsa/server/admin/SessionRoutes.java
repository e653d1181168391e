package io.dsa.server.admin;

import io.dsa.protocol.ErrorCode;
import io.dsa.protocol.json.JsonObject;
import io.dsa.server.access.User;
import java.util.List;

/** {@code /api/v1/sessions} and {@code /api/v1/sessions/{id}}: all for admins, else one's own. */
final class SessionRoutes {
  private final Sessions sessions;

  private SessionRoutes(Sessions sessions) {
    this.sessions = sessions;
  }

  static void add(RouteTable table, Sessions sessions) {
    SessionRoutes routes = new SessionRoutes(sessions);
    table
        .add("GET", "/api/v1/sessions", RouteTable.Audience.USERS, routes::list)
        .add("DELETE", "/api/v1/sessions/{id}", RouteTable.Audience.USERS, routes::kick);
  }

  private AdminResponse list(AdminRequest request) {
    return AdminResponse.ok(
        JsonObject.empty()
            .with("sessions", seen(request).stream().map(SessionRoutes::json).toList()));
  }

  private List<Sessions.Description> seen(AdminRequest request) {
    User who = request.who();
    return sessions.sessions().stream()
        .filter(session -> who.admin() || session.user().equals(who.name()))
        .toList();
  }

  private AdminResponse kick(AdminRequest request) {
    String id = request.variable("id");
    boolean ended =
        seen(request).stream()
            .filter(session -> Long.toString(session.id()).equals(id))
            .anyMatch(session -> sessions.kick(session.id()));
    if (!ended) {
      throw new RefusedException(
          ErrorCode.UNKNOWN_SESSION,
          "there is no session " + PercentEncoding.printable(id) + "; see 'dsa session list'");
    }
    return AdminResponse.noContent();
  }

  private static JsonObject json(Sessions.Description session) {
    return JsonObject.empty()
        .with("id", session.id())
        .with("user", session.user())
        .with("client", session.client())
        .with("address", session.address())
        .with("queues", session.queues())
        .with("volumes", session.volumes().stream().map(SessionRoutes::json).toList());
  }

  private static JsonObject json(Sessions.Opened opened) {
    return JsonObject.empty().with("volume", opened.volume()).with("mode", Words.of(opened.mode()));
  }
}
