package io.dsa.server.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.dsa.protocol.ErrorCode;
import io.dsa.protocol.Secret;
import io.dsa.server.LoggedLines;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What of requests over real HTTPS is in the log, and how much of those of strangers. */
@Timeout(60)
final class AuditLogTest {
  private static final String OF_ADMIN = "admin at 127.0.0.1: ";
  private static final Pattern MORE = Pattern.compile("(\\d+) more ");

  private PlaneFixture fixture;
  private AdminClient admin;
  private AdminClient reader;
  private LoggedLines logged;

  @BeforeEach
  void open(@TempDir Path directory) {
    fixture = new PlaneFixture(directory);
    admin = fixture.admin;
    reader = fixture.reader;
    logged = new LoggedLines(AuditLog.class);
  }

  @AfterEach
  void close() {
    fixture.close();
    logged.close();
  }

  @Test
  void shouldSayWhoChangedWhatAndHow() throws Exception {
    admin.send("POST", "/api/v1/volumes", "{\"name\":\"orders\", \"bytes\":4096}");
    admin.send("PATCH", "/api/v1/volumes/orders", "{\"bytes\":8192}");
    admin.send("POST", "/api/v1/users", "{\"name\":\"bob\"}");
    admin.send("PUT", "/api/v1/users/bob/rights/orders", "{\"rights\":[\"read\"]}");
    admin.send("PATCH", "/api/v1/users/bob", "{\"admin\":true}");
    admin.send("POST", "/api/v1/users/bob/rotate", "{\"overlap-seconds\":0}");
    admin.send("DELETE", "/api/v1/users/bob/rights/orders", null);
    admin.send("DELETE", "/api/v1/users/bob", null);
    admin.send("DELETE", "/api/v1/volumes/orders?force=true", null);
    reader.send("DELETE", "/api/v1/sessions/8", null);

    assertThat(logged.lines())
        .containsExactly(
            OF_ADMIN
                + "POST /api/v1/volumes: volume orders {\"name\":\"orders\",\"bytes\":4096}: done, 201",
            OF_ADMIN + "PATCH /api/v1/volumes/orders: volume orders {\"bytes\":8192}: done, 200",
            OF_ADMIN + "POST /api/v1/users: user bob {\"name\":\"bob\"}: done, 201",
            OF_ADMIN
                + "PUT /api/v1/users/bob/rights/orders: user bob, volume orders"
                + " {\"rights\":[\"read\"]}: done, 200",
            OF_ADMIN + "PATCH /api/v1/users/bob: user bob {\"admin\":true}: done, 200",
            OF_ADMIN + "POST /api/v1/users/bob/rotate: user bob {\"overlap-seconds\":0}: done, 200",
            OF_ADMIN + "DELETE /api/v1/users/bob/rights/orders: user bob, volume orders: done, 204",
            OF_ADMIN + "DELETE /api/v1/users/bob: user bob: done, 204",
            OF_ADMIN + "DELETE /api/v1/volumes/orders?force=true: volume orders: done, 204",
            "reader at 127.0.0.1: DELETE /api/v1/sessions/8: session 8: done, 204");
  }

  @Test
  void shouldSayNothingOfLooking() throws Exception {
    admin.get("/api/v1/users");
    reader.get("/api/v1/volumes");

    assertThat(logged.lines()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "admin|POST|/api/v1/users|{\"name\":\"reader\"}|: user reader: refused, 409 USER_EXISTS",
        "admin|POST|/api/v1/users|{\"name\":\"a:b\"}|: refused, 422 INVALID_NAME",
        "admin|POST|/api/v1/users|{\"name\":1}|: refused, 400 BAD_REQUEST",
        "admin|POST|/api/v1/users|x|: refused, 400 BAD_REQUEST",
        "admin|DELETE|/api/v1/users/admin|-|: user admin: refused, 422 UNSUPPORTED",
        "admin|DELETE|/api/v1/users/no|-|: user no: refused, 404 UNKNOWN_USER",
        "admin|DELETE|/api/v1/sessions/99|-|: session 99: refused, 404 UNKNOWN_SESSION",
        "admin|POST|/api/v1/volumes|{\"name\":\"defect\",\"bytes\":1}|: volume defect: failed, 500 INTERNAL",
        "admin|PUT|/api/v1/volumes|-|: refused, 405 UNSUPPORTED",
        "reader|DELETE|/api/v1/users/admin|-|: user admin: refused, 403 NOT_PERMITTED",
        "reader|PATCH|/api/v1/users/reader|{\"admin\":true}|: user reader: refused, 403 NOT_PERMITTED",
        "reader|DELETE|/api/v1/sessions/7|-|: session 7: refused, 404 UNKNOWN_SESSION",
        "reader|GET|/api/v1/users/admin|-|: user admin: refused, 403 NOT_PERMITTED",
      })
  void shouldSayWhoWasRefusedWhat(String who, String method, String path, String body, String end)
      throws Exception {
    AdminClient client = who.equals("admin") ? admin : reader;
    client.send(method, path, body);

    assertThat(logged.lines()).containsExactly(who + " at 127.0.0.1: " + method + " " + path + end);
  }

  /** A secret can be anywhere in what is refused: under a key that is none, or for a token. */
  @Test
  void shouldHaveNoSecretInALine() throws Exception {
    String secret = admin.send("POST", "/api/v1/users", "{\"name\":\"bob\"}").json().text("secret");
    admin.send("POST", "/api/v1/users", "{\"name\":\"bob\",\"secret\":\"" + secret + "\"}");
    String token = fixture.fake.bearer("admin").substring("Bearer admin.".length());
    for (String authorization :
        List.of("Bearer bob." + secret, "Bearer bob:" + secret + "." + token, "Basic " + secret)) {
      try (AdminClient confused = fixture.stranger(authorization)) {
        assertThat(confused.get("/api/v1/pools").status()).isEqualTo(401);
      }
    }
    // Pasted for a name: refused for its colon, and taken without it.
    for (String name : List.of("ada:" + secret, secret, "ada-" + secret, "admin." + token, token)) {
      admin.send("POST", "/api/v1/users", "{\"name\":\"" + name + "\"}");
      admin.send("POST", "/api/v1/volumes", "{\"name\":\"" + name + "\",\"bytes\":4096}");
      admin.send("POST", "/api/v1/volumes", "{\"name\":\"" + name + "\"}");
      admin.send("DELETE", "/api/v1/users/x." + name.replace(":", "%3A"), null);
    }
    String encoded = secret.replace("dsa-", "d%73a%2D");
    // As long as what is shown, so that a part of it is at the end.
    String far = "a".repeat(220);
    for (String target :
        List.of(
            "volumes/" + secret + "/" + token,
            "volumes/" + far + "." + secret,
            "volumes/" + far + "." + token,
            "users/ada%3A" + encoded,
            "users/bob/rights/" + secret,
            "users/bob/rights/" + token,
            "users/bob?secret=" + secret,
            "users/bob?secret=" + encoded + "&token=" + token,
            "nothing/admin%2E" + token)) {
      admin.send("DELETE", "/api/v1/" + target, null);
    }
    fixture.plane.close();

    assertThat(logged.lines())
        .hasSizeGreaterThanOrEqualTo(32)
        .noneMatch(line -> hasPartOf(line, secret) || hasPartOf(line, token))
        .contains(
            OF_ADMIN + "POST /api/v1/users: refused, 422 INVALID_NAME",
            OF_ADMIN + "POST /api/v1/users: user [secret] {\"name\":\"[secret]\"}: done, 201",
            OF_ADMIN
                + "DELETE /api/v1/users/bob?secret=[secret]: user bob: refused, 400 BAD_REQUEST");
  }

  /** Whether so much of a secret is there that it can be no chance. */
  private static boolean hasPartOf(String line, String secret) {
    for (int i = 4; i + 8 <= secret.length(); i++) {
      if (line.contains(secret.substring(i, i + 8))) {
        return true;
      }
    }
    return false;
  }

  /** Of each a line, by a clock of its own: over HTTPS most would only be counted. */
  @Test
  void shouldHaveNoSecretInALineOfAStranger() {
    String secret = Secret.random().toText();
    String token = Secret.random().adminToken().toText();
    AdminResponse refusal = Problem.of(401, ErrorCode.AUTHENTICATION_FAILED, "no");
    long[] now = {0};
    try (AuditLog audit = new AuditLog(() -> now[0] += 1_000_000_000)) {
      for (String claimed : List.of(secret, "ada." + secret, token, "ada%3A" + secret, "ada")) {
        audit.refused(
            new Dispatcher.Incoming("10.0.0.1", "GET", "/users/" + claimed, "", "", new byte[0]),
            BearerToken.of("Bearer " + claimed + "." + token),
            refusal);
      }
      audit.unread("10.0.0.1", AuditLog.request(secret, "/?" + token), refusal);
    }

    String result = ": refused, 401 AUTHENTICATION_FAILED";
    String claims = "Nobody known at 10.0.0.1, who claims to be ";
    assertThat(logged.lines())
        .containsExactly(
            claims + "[secret]: GET /users/[secret]" + result,
            claims + "ada.[secret]: GET /users/ada.[secret]" + result,
            claims + "[secret]: GET /users/[secret]" + result,
            "Nobody known at 10.0.0.1: GET /users/ada%3A[secret]" + result,
            claims + "ada: GET /users/ada" + result,
            "Nobody known at 10.0.0.1: [secret] /?[secret]" + result);
  }

  @Test
  void shouldHaveOneLineWhateverANameIs() throws Exception {
    admin.send("DELETE", "/api/v1/users/a%0Ab%1B%5B2J%E2%80%AE%E2%80%A8c%E3%85%A4%E2%A0%80", null);
    admin.send("POST", "/api/v1/users", "{\"name\":\"a\\nb\\u001b\"}");

    assertThat(logged.lines()).hasSize(2);
    assertThat(logged.lines().getFirst()).contains(": user a?b?[2J??c??: refused, ");
    assertThat(logged.lines().getLast())
        .isEqualTo(OF_ADMIN + "POST /api/v1/users: refused, 422 INVALID_NAME");
  }

  @Test
  void shouldSayWhoAStrangerClaimsToBe() throws Exception {
    String wrong =
        "Bearer admin." + fixture.fake.bearer("reader").substring("Bearer reader.".length());
    try (AdminClient stranger = fixture.stranger(wrong)) {
      stranger.send("DELETE", "/api/v1/users/reader", null);
    }

    assertThat(logged.lines())
        .containsExactly(
            "Nobody known at 127.0.0.1, who claims to be admin: DELETE /api/v1/users/reader: refused,"
                + " 401 AUTHENTICATION_FAILED");
  }

  @Test
  void shouldSaySeldomThatStrangersAreRefusedAndHowManyTheyWere() throws Exception {
    int requests = 300;
    try (AdminClient stranger = fixture.stranger("")) {
      long start = System.nanoTime();
      for (int i = 0; i < requests; i++) {
        assertThat(stranger.get("/api/v1/pools").status()).isEqualTo(401);
      }
      long seconds = (System.nanoTime() - start) / 1_000_000_000;
      assertThat(logged.lines()).hasSizeLessThanOrEqualTo((int) seconds + 2);
    }
    admin.send("DELETE", "/api/v1/users/no", null);

    List<String> lines = logged.lines();
    assertThat(lines.getLast()).startsWith(OF_ADMIN);
    int told = 0;
    for (String line : lines.subList(0, lines.size() - 1)) {
      Matcher more = MORE.matcher(line);
      told += line.startsWith("Nobody known at") ? 1 : 0;
      told += more.find() ? Integer.parseInt(more.group(1)) : 0;
    }
    assertThat(told).isEqualTo(requests);
  }

  @Test
  void shouldSayThatWhatIsNoRequestWasRefused() throws Exception {
    AdminClient.say(
        fixture.address(), "DELETE no HTTP\r\n\r\n".getBytes(StandardCharsets.US_ASCII));

    assertThat(logged.lines())
        .singleElement()
        .asString()
        .startsWith("Nobody known at 127.0.0.1: no request: refused, 400 ");
  }

  @Test
  void shouldBoundWhatIsSaidOfStrangersByTime() {
    long[] now = {0};
    AdminResponse refusal = Problem.of(401, ErrorCode.AUTHENTICATION_FAILED, "no");
    try (AuditLog audit = new AuditLog(() -> now[0])) {
      for (int i = 0; i < 10; i++) {
        audit.unread("10.0.0.1", "GET /", refusal);
      }
      now[0] += 1_000_000_000;
      audit.unread("10.0.0.2", "GET /", refusal);
      audit.unread("10.0.0.3", "GET /", refusal);
    }

    assertThat(logged.lines())
        .containsExactly(
            "Nobody known at 10.0.0.1: GET /: refused, 401 AUTHENTICATION_FAILED",
            "Nobody known at 10.0.0.2: GET /: refused, 401 AUTHENTICATION_FAILED; and 9 more such"
                + " requests since the last such line",
            "Nobody known: 1 more requests were refused since the last such line");
  }
}
