package io.dsa.server.admin;

import io.dsa.protocol.ErrorCode;
import io.dsa.protocol.json.JsonException;
import io.dsa.server.access.User;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** From a request as it came to its answer: who asks, which route, and what went wrong. */
final class Dispatcher {
  private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);

  /**
   * What HTTP brought.
   *
   * @param host the address that it came from
   * @param target the path and the query, encoded
   * @param authorization the header's value; empty where there was none
   * @param mediaType of the body; empty where none is named
   */
  record Incoming(
      String host,
      String method,
      String target,
      String authorization,
      String mediaType,
      byte[] body) {
    /** Without what may be a secret. */
    @Override
    public String toString() {
      return "Incoming[" + host + " " + AuditLog.request(method, target) + "]";
    }
  }

  private final RouteTable routes;
  private final Gate gate;
  private final AuditLog audit;

  Dispatcher(RouteTable routes, Gate gate, AuditLog audit) {
    this.routes = routes;
    this.gate = gate;
    this.audit = audit;
  }

  /** Answers, whatever comes; throws nothing but errors of the virtual machine. */
  AdminResponse answer(Incoming incoming) {
    Optional<BearerToken> token = token(incoming.authorization());
    User who;
    try {
      // Before all else: who has no business here does not learn what there is.
      who = gate.admit(token);
    } catch (RefusedException e) {
      AdminResponse refusal = Problem.of(e);
      audit.refused(incoming, token, refusal);
      return refusal;
    } catch (RuntimeException e) {
      return defect(incoming, e);
    }
    Optional<RouteTable.Match> found = Optional.empty();
    AdminResponse response;
    try {
      RequestTarget target = RequestTarget.of(incoming.target());
      found = routes.find(incoming.method(), target.path());
      response =
          found.isEmpty()
              ? unknown(incoming.method(), target.path())
              : answer(who, incoming, target, found.get());
    } catch (RefusedException e) {
      response = Problem.of(e);
    } catch (JsonException e) {
      response = Problem.of(400, ErrorCode.BAD_REQUEST, e.getMessage());
    } catch (RuntimeException e) {
      response = defect(incoming, e);
    }
    audit.answered(who, incoming, found, response);
    return response;
  }

  private static AdminResponse defect(Incoming incoming, RuntimeException e) {
    LOG.error("{} failed", AuditLog.request(incoming.method(), incoming.target()), e);
    return Problem.of(500, ErrorCode.INTERNAL, "a defect in the server; its log says more");
  }

  private static AdminResponse answer(
      User who, Incoming incoming, RequestTarget target, RouteTable.Match found) {
    RouteTable.Route route = found.route();
    if (route.audience() == RouteTable.Audience.ADMINS && !who.admin()) {
      throw new RefusedException(ErrorCode.NOT_PERMITTED, who.adminsOnly("this"));
    }
    requireKnownParameters(incoming.method(), target, route);
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
    return route
        .handler()
        .answer(new AdminRequest(who, found.variables(), target.query(), incoming.body()));
  }

  private static void requireKnownParameters(
      String method, RequestTarget target, RouteTable.Route route) {
    Set<String> given = target.query().keySet();
    if (route.parameters().isEmpty() && !given.isEmpty()) {
      throw new RefusedException(
          ErrorCode.BAD_REQUEST,
          "unknown parameter '"
              + PercentEncoding.printable(given.iterator().next())
              + "'; "
              + method
              + " takes no parameters at this path");
    }
    AdminRequest.requireKnown("parameter", given, route.parameters());
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
