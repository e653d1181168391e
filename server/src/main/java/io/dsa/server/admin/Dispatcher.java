package io.dsa.server.admin;

import io.dsa.protocol.ErrorCode;
import io.dsa.protocol.json.JsonException;
import io.dsa.server.access.User;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** From a request as it came to its answer: who asks, which route, and what went wrong. */
final class Dispatcher {
  private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);

  /**
   * What HTTP brought.
   *
   * @param target the path and the query, encoded
   * @param authorization the header's value; empty where there was none
   * @param mediaType of the body; empty where none is named
   */
  record Incoming(
      String method, String target, String authorization, String mediaType, byte[] body) {}

  private final RouteTable routes;
  private final Gate gate;

  Dispatcher(RouteTable routes, Gate gate) {
    this.routes = routes;
    this.gate = gate;
  }

  /** Answers, whatever comes; throws nothing but errors of the virtual machine. */
  AdminResponse answer(Incoming incoming) {
    try {
      return route(incoming);
    } catch (RefusedException e) {
      return Problem.of(e);
    } catch (JsonException e) {
      return Problem.of(400, ErrorCode.BAD_REQUEST, e.getMessage());
    } catch (RuntimeException e) {
      LOG.error("{} {} failed", incoming.method(), incoming.target(), e);
      return Problem.of(500, ErrorCode.INTERNAL, "a defect in the server; its log says more");
    }
  }

  private AdminResponse route(Incoming incoming) {
    // Before all else: who has no business here does not learn what there is.
    User who = gate.admit(token(incoming.authorization()));
    RequestTarget target = RequestTarget.of(incoming.target());
    Optional<RouteTable.Match> found = routes.find(incoming.method(), target.path());
    if (found.isEmpty()) {
      return unknown(incoming.method(), target.path());
    }
    RouteTable.Route route = found.get().route();
    if (route.audience() == RouteTable.Audience.ADMINS && !who.admin()) {
      throw new RefusedException(
          ErrorCode.NOT_PERMITTED, "only admins may do that, and " + who.name() + " is none");
    }
    AdminRequest.requireKnown("parameter", target.query().keySet(), route.parameters());
    if (incoming.body().length > 0) {
      if (!route.takesBody()) {
        throw new RefusedException(
            ErrorCode.BAD_REQUEST, incoming.method() + " takes no body here");
      }
      if (!isJson(incoming.mediaType())) {
        return Problem.of(
            415, ErrorCode.BAD_REQUEST, "the body has to be JSON: Content-Type: application/json");
      }
    }
    AdminResponse response =
        route
            .handler()
            .answer(
                new AdminRequest(who, found.get().variables(), target.query(), incoming.body()));
    if (!incoming.method().equals("GET")) {
      LOG.info(
          "{}: {} {}: {}", who.name(), incoming.method(), incoming.target(), response.status());
    }
    return response;
  }

  private static Optional<BearerToken> token(String authorization) {
    return authorization.isEmpty() ? Optional.empty() : BearerToken.of(authorization);
  }

  private AdminResponse unknown(String method, List<String> path) {
    List<String> methods = routes.methods(path);
    if (methods.isEmpty()) {
      return Problem.of(
          404, ErrorCode.UNSUPPORTED, "there is nothing at this path; see docs/admin-api.md");
    }
    return Problem.of(
            405,
            ErrorCode.UNSUPPORTED,
            "this path does not take " + method + ", only " + String.join(", ", methods))
        .with("allow", String.join(", ", methods));
  }

  private static boolean isJson(String mediaType) {
    String type = mediaType.toLowerCase(Locale.ROOT).replace(" ", "");
    return type.equals("application/json") || type.equals("application/json;charset=utf-8");
  }
}
