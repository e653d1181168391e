package io.dsa.server.admin;

import io.dsa.protocol.ErrorCode;
import io.dsa.protocol.json.JsonObject;
import io.dsa.server.access.User;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * One request, read as a whole, its path matched and whoever asks known.
 *
 * @param who asks
 * @param variables what stood in the path for each {@code {variable}} of the route, decoded
 * @param query the parameters, decoded
 * @param body empty where there was none
 */
record AdminRequest(
    User who, Map<String, String> variables, Map<String, String> query, byte[] body) {

  String variable(String name) {
    return variables.get(name);
  }

  /** Whether a parameter is {@code true}; without it, it is not. */
  boolean flag(String parameter) {
    String value = query.getOrDefault(parameter, "false");
    return switch (value) {
      case "true" -> true;
      case "false" -> false;
      default ->
          throw new RefusedException(
              ErrorCode.BAD_REQUEST, "parameter " + parameter + ": expected true or false");
    };
  }

  /** The body, which may have these keys and no others: a misspelt one must not go unnoticed. */
  JsonObject json(List<String> known) {
    JsonObject object = body.length == 0 ? JsonObject.empty() : JsonObject.parse(body);
    requireKnown("key", object.keys(), known);
    return object;
  }

  /**
   * Refuses what is not known, and says what may have been meant.
   *
   * @param what it is, as in "key"
   * @param known one at least
   */
  static void requireKnown(String what, Iterable<String> given, List<String> known) {
    for (String key : given) {
      if (!known.contains(key)) {
        String near =
            NearestName.of(key, known).map(name -> "; did you mean '" + name + "'?").orElse("");
        throw new RefusedException(
            ErrorCode.BAD_REQUEST,
            "unknown "
                + what
                + " '"
                + PercentEncoding.printable(key)
                + "'"
                + near
                + "; known: "
                + String.join(", ", new TreeSet<>(known)));
      }
    }
  }

  /** Without what may be a secret. */
  @Override
  public String toString() {
    return "AdminRequest[" + who.name() + " " + variables + "]";
  }
}
