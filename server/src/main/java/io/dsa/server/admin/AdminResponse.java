package io.dsa.server.admin;

import io.dsa.protocol.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One answer.
 *
 * @param headers besides those that every answer has
 * @param mediaType of the body; empty where there is none
 */
record AdminResponse(int status, Map<String, String> headers, String mediaType, byte[] body) {
  private static final String JSON = "application/json";

  static AdminResponse ok(JsonObject body) {
    return new AdminResponse(200, Map.of(), JSON, body.toUtf8());
  }

  /**
   * Something was made.
   *
   * @param location its path
   */
  static AdminResponse created(String location, JsonObject body) {
    return new AdminResponse(201, Map.of("location", location), JSON, body.toUtf8());
  }

  static AdminResponse noContent() {
    return new AdminResponse(204, Map.of(), "", new byte[0]);
  }

  AdminResponse with(String header, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(header, value);
    return new AdminResponse(status, Map.copyOf(more), mediaType, body);
  }

  /** Without the body, which may be a secret. */
  @Override
  public String toString() {
    return "AdminResponse[" + status + "]";
  }
}
