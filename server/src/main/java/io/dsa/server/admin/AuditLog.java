package io.dsa.server.admin;

import io.dsa.protocol.UserName;
import io.dsa.protocol.VolumeName;
import io.dsa.protocol.json.JsonException;
import io.dsa.protocol.json.JsonObject;
import io.dsa.server.access.User;
import io.dsa.verbs.Seldom;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who changed what, and who was refused what, in a line of the server's log for each. Of whoever
 * has not proven to be a user there is a line once a second at most, with how many others it stands
 * for, so that strangers do not fill the disk. No secret and no token is in any. Thread-safe.
 */
final class AuditLog implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AuditLog.class);
  private static final Duration BETWEEN_STRANGERS = Duration.ofSeconds(1);

  /** Of what somebody sent, in characters. */
  private static final int MOST_SHOWN = 256;

  private static final Map<String, String> NOUNS =
      Map.of("users", "user", "volumes", "volume", "sessions", "session");

  private final Seldom strangers;

  AuditLog() {
    this(System::nanoTime);
  }

  AuditLog(LongSupplier nanoTime) {
    strangers = new Seldom(BETWEEN_STRANGERS, nanoTime);
  }

  /**
   * A user has its answer.
   *
   * @param match what it asked for; empty where there is nothing like that
   */
  void answered(
      User who, Dispatcher.Incoming asked, Optional<RouteTable.Match> match, AdminResponse answer) {
    boolean isRefused = answer.status() >= 400;
    if (!isRefused && asked.method().equals("GET")) {
      return;
    }
    sayRest();
    LOG.info(
        "{} at {}: {}{}{}: {}",
        who.name(),
        asked.host(),
        request(asked.method(), asked.target()),
        match.map(found -> object(found, asked.body(), isRefused)).orElse(""),
        // What was refused may have anything in its body, such as a secret under a wrong key.
        isRefused ? "" : change(asked.body()),
        result(answer));
  }

  /**
   * Somebody was refused who has not proven to be a user.
   *
   * @param shown by whom it claims to be a user
   */
  void refused(Dispatcher.Incoming asked, Optional<BearerToken> shown, AdminResponse answer) {
    Optional<String> claimed =
        // Whoever confuses his secret with his name is not to find it in the log.
        shown
            .map(BearerToken::user)
            .map(SecretMask::of)
            .filter(name -> UserName.problem(name).isEmpty())
            .map(AuditLog::shown);
    stranger(
        asked.host() + claimed.map(name -> ", who claims to be " + name).orElse(""),
        request(asked.method(), asked.target()),
        answer);
  }

  /**
   * Somebody was refused before it was looked at who he is.
   *
   * @param request as {@link #request}, or what there was instead of one
   */
  void unread(String host, String request, AdminResponse answer) {
    stranger(host, request, answer);
  }

  private void stranger(String who, String request, AdminResponse answer) {
    long times = strangers.happened();
    if (times == 1) {
      LOG.warn("Nobody known at {}: {}: {}", who, request, result(answer));
    } else if (times > 1) {
      LOG.warn(
          "Nobody known at {}: {}: {}; and {} more such requests since the last such line",
          who,
          request,
          result(answer),
          times - 1);
    }
  }

  private void sayRest() {
    long times = strangers.rest();
    if (times > 0) {
      LOG.warn("Nobody known: {} more requests were refused since the last such line", times);
    }
  }

  static String request(String method, String target) {
    return shown(method + " " + target);
  }

  /** What a request is about: of a path its variables, of a new thing its name. */
  private static String object(RouteTable.Match match, byte[] body, boolean isRefused) {
    List<String> segments = match.route().segments();
    String noun = segments.size() < 3 ? null : NOUNS.get(segments.get(2));
    Map<String, String> variables = match.variables();
    String name = variables.getOrDefault("name", variables.get("id"));
    if (name == null) {
      name = newName(body);
      // Refused for its name, perhaps, which may be a line of credentials or anything else.
      if (isRefused && !canBeNamed(noun, SecretMask.of(name))) {
        return "";
      }
    }
    if (noun == null || name.isEmpty()) {
      return "";
    }
    String volume = variables.get("volume");
    return ": " + noun + " " + shown(name) + (volume == null ? "" : ", volume " + shown(volume));
  }

  private static boolean canBeNamed(String noun, String name) {
    return switch (noun) {
      case "user" -> UserName.problem(name).isEmpty();
      case "volume" -> VolumeName.problem(name).isEmpty();
      case null, default -> false;
    };
  }

  private static String newName(byte[] body) {
    try {
      return body.length == 0 ? "" : JsonObject.parse(body).optionalText("name").orElse("");
    } catch (JsonException e) {
      return "";
    }
  }

  /** What was asked for in a body that was understood, and has known keys alone. */
  private static String change(byte[] body) {
    if (body.length == 0) {
      return "";
    }
    try {
      String json = new String(JsonObject.parse(body).toUtf8(), StandardCharsets.UTF_8);
      return " " + shown(json);
    } catch (JsonException e) {
      return "";
    }
  }

  /** What of a text that somebody sent can be in a line; the rest of it is nowhere. */
  private static String shown(String text) {
    return PercentEncoding.printable(SecretMask.of(text), MOST_SHOWN);
  }

  private static String result(AdminResponse answer) {
    if (answer.status() < 400) {
      return "done, " + answer.status();
    }
    String code = JsonObject.parse(answer.body()).text("code");
    boolean isFailure = answer.status() >= 500 && answer.status() != 503;
    return (isFailure ? "failed, " : "refused, ") + answer.status() + " " + code;
  }

  /** Says what is left to be said. Idempotent. */
  @Override
  public void close() {
    sayRest();
  }
}
