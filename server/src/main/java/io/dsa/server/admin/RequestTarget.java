package io.dsa.server.admin;

import io.dsa.protocol.ErrorCode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The path and the query of a request, decoded.
 *
 * @param path its segments; an encoded slash is part of a segment
 */
record RequestTarget(List<String> path, Map<String, String> query) {
  /**
   * Takes a request's target apart.
   *
   * @throws RefusedException with {@code BAD_REQUEST} if it is no path or no UTF-8, or a parameter
   *     is there twice
   */
  static RequestTarget of(String target) {
    int mark = target.indexOf('?');
    String path = mark < 0 ? target : target.substring(0, mark);
    if (!path.startsWith("/")) {
      throw malformed();
    }
    List<String> segments = new ArrayList<>();
    for (String segment : path.substring(1).split("/", -1)) {
      segments.add(decoded(segment));
    }
    Map<String, String> query = new LinkedHashMap<>();
    if (mark >= 0) {
      for (String parameter : target.substring(mark + 1).split("&", -1)) {
        int equals = parameter.indexOf('=');
        String key = decoded(equals < 0 ? parameter : parameter.substring(0, equals));
        String value = equals < 0 ? "" : decoded(parameter.substring(equals + 1));
        if (query.putIfAbsent(key, value) != null) {
          throw new RefusedException(
              ErrorCode.BAD_REQUEST,
              "the parameter '"
                  + PercentEncoding.printable(key)
                  + "' is there more than once; send it once");
        }
      }
    }
    return new RequestTarget(List.copyOf(segments), query);
  }

  private static String decoded(String text) {
    Optional<String> decoded = PercentEncoding.decode(text);
    return decoded.orElseThrow(RequestTarget::malformed);
  }

  private static RefusedException malformed() {
    return new RefusedException(
        ErrorCode.BAD_REQUEST,
        "the path or its query is malformed; names in it are percent-encoded UTF-8");
  }
}
