package io.dsa.server.admin;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** Which handler answers which method and path. Filled before the first look-up, then immutable. */
final class RouteTable {
  /** Answers one request; may wait for the medium. */
  @FunctionalInterface
  interface Handler {
    /**
     * Answers.
     *
     * @throws RefusedException for what becomes a problem
     */
    AdminResponse answer(AdminRequest request);
  }

  /** Who may call a handler at all; what he may do there is the handler's affair. */
  enum Audience {
    /** Every user. */
    USERS,
    /** Users that are admins. */
    ADMINS
  }

  /**
   * One route.
   *
   * @param parameters the query parameters that it knows
   * @param takesBody whether it takes a body, in JSON
   */
  record Route(
      String method,
      List<String> segments,
      Audience audience,
      List<String> parameters,
      boolean takesBody,
      Handler handler) {
    /** What stands for the variables in a path of this route; empty if it is none. */
    private Optional<Map<String, String>> match(List<String> path) {
      if (path.size() != segments.size()) {
        return Optional.empty();
      }
      Map<String, String> variables = new LinkedHashMap<>();
      for (int i = 0; i < path.size(); i++) {
        String segment = segments.get(i);
        if (segment.startsWith("{")) {
          variables.put(segment.substring(1, segment.length() - 1), path.get(i));
        } else if (!segment.equals(path.get(i))) {
          return Optional.empty();
        }
      }
      return Optional.of(variables);
    }
  }

  /** A route and what stands for its variables. */
  record Match(Route route, Map<String, String> variables) {}

  private final List<Route> routes = new ArrayList<>();

  /**
   * Adds a route without query parameters.
   *
   * @param path as in {@code /api/v1/volumes/{name}}
   */
  RouteTable add(String method, String path, Audience audience, Handler handler) {
    return add(method, path, audience, List.of(), handler);
  }

  RouteTable add(
      String method, String path, Audience audience, List<String> parameters, Handler handler) {
    boolean takesBody = List.of("POST", "PUT", "PATCH").contains(method);
    List<String> segments = List.of(path.substring(1).split("/"));
    routes.add(new Route(method, segments, audience, parameters, takesBody, handler));
    return this;
  }

  /**
   * Looks a route up.
   *
   * @param path its segments, decoded
   */
  Optional<Match> find(String method, List<String> path) {
    for (Route route : routes) {
      if (route.method().equals(method)) {
        Optional<Map<String, String>> variables = route.match(path);
        if (variables.isPresent()) {
          return Optional.of(new Match(route, variables.get()));
        }
      }
    }
    return Optional.empty();
  }

  /** The methods that a path has, in order; none if there is no such path. */
  List<String> methods(List<String> path) {
    TreeSet<String> methods = new TreeSet<>();
    for (Route route : routes) {
      if (route.match(path).isPresent()) {
        methods.add(route.method());
      }
    }
    return List.copyOf(methods);
  }
}
