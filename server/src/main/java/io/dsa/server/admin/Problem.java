package io.dsa.server.admin;

import io.dsa.protocol.ErrorCode;
import io.dsa.protocol.json.JsonObject;
import java.util.Map;

/** What is wrong, as RFC 9457 has it: a status, the protocol's name of the error, and one line. */
final class Problem {
  private static final String MEDIA_TYPE = "application/problem+json";

  private Problem() {}

  static AdminResponse of(RefusedException e) {
    AdminResponse response = of(statusOf(e.code()), e.code(), e.getMessage());
    return switch (response.status()) {
      case 401 -> response.with("www-authenticate", "Bearer realm=\"dsa\"");
      case 503 -> response.with("retry-after", "1");
      default -> response;
    };
  }

  static AdminResponse of(int status, ErrorCode code, String detail) {
    JsonObject body =
        JsonObject.empty()
            .with("title", titleOf(status))
            .with("status", status)
            .with("code", code.name())
            .with("detail", detail);
    return new AdminResponse(status, Map.of(), MEDIA_TYPE, body.toUtf8());
  }

  static int statusOf(ErrorCode code) {
    return switch (code) {
      case UNKNOWN_VOLUME, UNKNOWN_USER, UNKNOWN_SESSION -> 404;
      case VOLUME_EXISTS, USER_EXISTS, VOLUME_BUSY, TAKEN_OVER, NO_SPACE -> 409;
      case INVALID_NAME, INVALID_SIZE, UNKNOWN_POOL, UNSUPPORTED, VOLATILE_VOLUME, READ_ONLY -> 422;
      case BAD_REQUEST, VERSION, UNKNOWN_TOKEN, NOT_OPEN -> 400;
      case AUTHENTICATION_FAILED -> 401;
      case NOT_PERMITTED -> 403;
      case LIMIT -> 429;
      case SHUTTING_DOWN, RESOURCES -> 503;
      case IO_ERROR, INTERNAL, UNRECOGNISED -> 500;
    };
  }

  private static String titleOf(int status) {
    return switch (status) {
      case 400 -> "Bad request";
      case 401 -> "Not authenticated";
      case 403 -> "Not permitted";
      case 404 -> "Not found";
      case 405 -> "Method not allowed";
      case 409 -> "Conflict";
      case 413 -> "Request too large";
      case 414 -> "Path too long";
      case 415 -> "Not JSON";
      case 422 -> "Not possible";
      case 429 -> "Limit reached";
      case 431 -> "Headers too large";
      case 503 -> "Not now";
      default -> "Server error";
    };
  }
}
