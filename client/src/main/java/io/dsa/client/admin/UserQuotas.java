package io.dsa.client.admin;

import io.dsa.protocol.json.JsonObject;
import java.util.Optional;
import java.util.OptionalInt;

/** What a user may take at a time. Where a number is absent the server's own limit stands. */
public record UserQuotas(OptionalInt sessions, OptionalInt queues, OptionalInt windows) {
  /** The server's own limits. */
  public static final UserQuotas NONE =
      new UserQuotas(OptionalInt.empty(), OptionalInt.empty(), OptionalInt.empty());

  static UserQuotas of(JsonObject quotas) {
    return new UserQuotas(
        number(quotas, "sessions"), number(quotas, "queues"), number(quotas, "windows"));
  }

  private static OptionalInt number(JsonObject quotas, String key) {
    Optional<Long> number = quotas.optionalNumber(key);
    return number.isPresent() ? OptionalInt.of(Math.toIntExact(number.get())) : OptionalInt.empty();
  }

  JsonObject toJson() {
    JsonObject json = JsonObject.empty();
    sessions.ifPresent(number -> json.with("sessions", number));
    queues.ifPresent(number -> json.with("queues", number));
    windows.ifPresent(number -> json.with("windows", number));
    return json;
  }
}
