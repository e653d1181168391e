package io.dsa.server.admin;

import static io.dsa.server.admin.PlaneFixture.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;

import io.dsa.server.admin.AdminClient.Answer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that are refused, over real HTTPS: with which status, and in which words. */
@Timeout(60)
final class AdminRefusalTest {
  private PlaneFixture fixture;
  private AdminClient admin;

  @BeforeEach
  void open(@TempDir Path directory) {
    fixture = new PlaneFixture(directory);
    admin = fixture.admin;
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  @ParameterizedTest
  @CsvSource({
    "/api/v1/volumes/%, 400, BAD_REQUEST",
    "/api/v1/volumes/%2, 400, BAD_REQUEST",
    "/api/v1/volumes/%zz, 400, BAD_REQUEST",
    "/api/v1/volumes/%FF, 400, BAD_REQUEST",
    "/api/v1/volumes/%C0%AF, 400, BAD_REQUEST",
    "/api/v1/volumes/a%2Fb, 422, INVALID_NAME",
    "/api/v1/volumes/a%00b, 422, INVALID_NAME",
    "/api/v1/volumes/%2E%2E, 422, INVALID_NAME",
    "/api/v1/volumes/, 422, INVALID_NAME",
    "/api/v1/volumes/nope, 404, UNKNOWN_VOLUME",
    "/api/v1/volumes?x=1, 400, BAD_REQUEST",
    "/api/v1/volumes?, 400, BAD_REQUEST",
    "/api/v1/volumes/a/b, 404, UNSUPPORTED",
    "/api/v1, 404, UNSUPPORTED",
    "/, 404, UNSUPPORTED",
    "//api/v1/volumes, 404, UNSUPPORTED",
    "/API/v1/volumes, 404, UNSUPPORTED",
    "/api/v1/users/nobody, 404, UNKNOWN_USER",
    "/api/v1/users/a%3Ab, 422, INVALID_NAME",
  })
  @Execution(ExecutionMode.CONCURRENT)
  void shouldRefuseAPath(String path, int status, String code) throws Exception {
    String answer =
        AdminClient.say(
            fixture.address(),
            ("GET "
                    + path
                    + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: "
                    + fixture.fake.bearer("admin")
                    + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));

    assertThat(answer).startsWith("HTTP/1.1 " + status + " ").contains("\"" + code + "\"");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[]|400|BAD_REQUEST",
        "{|400|BAD_REQUEST",
        "{\"name\":\"x\"}|400|BAD_REQUEST",
        "{\"name\":\"x\",\"bytes\":\"1\"}|400|BAD_REQUEST",
        "{\"name\":\"x\",\"bytes\":1.5}|400|BAD_REQUEST",
        "{\"name\":\"x\",\"bytes\":1,\"size\":2}|400|BAD_REQUEST",
        "{\"name\":\"x\",\"bytes\":99999999999999999999}|400|BAD_REQUEST",
        "{\"name\":\"x\",\"bytes\":0}|422|INVALID_SIZE",
        "{\"name\":\"x\",\"bytes\":-1}|422|INVALID_SIZE",
        "{\"name\":\"a/b\",\"bytes\":1}|422|INVALID_NAME",
        "{\"name\":\"\",\"bytes\":1}|422|INVALID_NAME",
        "{\"name\":\"x\",\"bytes\":9223372036854775807}|409|NO_SPACE",
        "{\"name\":\"x\",\"bytes\":1,\"pool\":\"memory:1\"}|422|UNKNOWN_POOL",
        "{\"name\":\"defect\",\"bytes\":1}|500|INTERNAL",
      })
  @Execution(ExecutionMode.CONCURRENT)
  void shouldRefuseABody(String body, int status, String code) throws Exception {
    assertProblem(admin.send("POST", "/api/v1/volumes", body), status, code);
    assertThat(admin.get("/api/v1/volumes").json().objects("volumes")).isEmpty();
  }

  /** In its own words, not in those of the library that reads it. */
  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void shouldSayWhereABodyIsNoJson() throws Exception {
    assertProblem(
        admin.send("POST", "/api/v1/volumes", "{\"name\":\"v\",\n \"bytes\": nope}"),
        400,
        "BAD_REQUEST",
        "not JSON: line 2, column 11 cannot be read");
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void shouldNameTheKeyThatItDoesNotKnow() throws Exception {
    admin.create("v");

    assertProblem(
        admin.send("PATCH", "/api/v1/volumes/v", "{\"size\":1}"), 400, "BAD_REQUEST", "'size'");
    assertProblem(
        admin.send("PATCH", "/api/v1/volumes/v", "{\"bytes\":1,\"name\":\"w\"}"),
        400,
        "BAD_REQUEST",
        "either");
    assertProblem(admin.send("PATCH", "/api/v1/volumes/v", null), 400, "BAD_REQUEST", "either");
    assertProblem(
        admin.send("POST", "/api/v1/users", "{\"nmae\":null,\"name\":\"ada\"}"),
        400,
        "BAD_REQUEST",
        "unknown key 'nmae'");
    assertProblem(
        admin.send("POST", "/api/v1/users", "{\"name\":\"ada\",\"quotas\":{\"sesions\":null}}"),
        400,
        "BAD_REQUEST",
        "unknown quota 'sesions'");
    assertProblem(admin.get("/api/v1/users/ada"), 404, "UNKNOWN_USER");
    assertProblem(
        admin.send("DELETE", "/api/v1/volumes/v?force=yes", null), 400, "BAD_REQUEST", "force");
    assertProblem(admin.send("DELETE", "/api/v1/volumes/v", "{}"), 400, "BAD_REQUEST", "no body");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "DELETE|/api/v1/volumes/v?forse=true|unknown parameter 'forse'; did you mean 'force'?; known: force",
        "DELETE|/api/v1/volumes/v?really=true|unknown parameter 'really'; known: force",
        "GET|/api/v1/volumes/v?force=true|unknown parameter 'force'; GET takes no parameters",
        "GET|/api/v1/pools?=|unknown parameter ''; GET takes no parameters at this path",
      })
  @Execution(ExecutionMode.CONCURRENT)
  void shouldSayWhichParametersThereAre(String method, String path, String words) throws Exception {
    admin.create("v");

    assertProblem(admin.send(method, path, null), 400, "BAD_REQUEST", words);
    assertThat(admin.get("/api/v1/volumes/v").status()).isEqualTo(200);
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void shouldSayWhichKeysThereAre() throws Exception {
    assertProblem(
        admin.send("POST", "/api/v1/volumes", "{\"name\":\"v\",\"byte\":1}"),
        400,
        "BAD_REQUEST",
        "unknown key 'byte'; did you mean 'bytes'?; known: bytes, name, pool");
    assertProblem(
        admin.send("POST", "/api/v1/volumes", "{\"name\":\"v\",\"colour\":1}"),
        400,
        "BAD_REQUEST",
        "unknown key 'colour'; known: bytes, name, pool");
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void shouldSayWhatIsThereAlready() throws Exception {
    assertThat(admin.create("v").status()).isEqualTo(201);
    assertThat(admin.send("POST", "/api/v1/users", "{\"name\":\"ada\"}").status()).isEqualTo(201);

    assertProblem(admin.create("v"), 409, "VOLUME_EXISTS", "v");
    assertProblem(
        admin.send("POST", "/api/v1/users", "{\"name\":\"ada\"}"),
        409,
        "USER_EXISTS",
        "there already is a user named ada");
  }

  @ParameterizedTest
  @ValueSource(strings = {"200d", "3164", "2800", "034f", "00a0", "e000", "0378"})
  @Execution(ExecutionMode.CONCURRENT)
  void shouldGiveNoNameThatCannotBeSeen(String hex) throws Exception {
    String name = "\"ad\\u" + hex + "a\"";
    String found = "U+" + hex.toUpperCase(Locale.ROOT);

    assertProblem(
        admin.send("POST", "/api/v1/users", "{\"name\":" + name + "}"), 422, "INVALID_NAME", found);
    assertProblem(
        admin.send("POST", "/api/v1/volumes", "{\"name\":" + name + ",\"bytes\":1}"),
        422,
        "INVALID_NAME",
        found);
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void shouldSayThatALimitIsReached() throws Exception {
    for (int i = 0; i <= 1000; i++) {
      fixture.fake.create("v" + i, 1, "");
    }

    assertProblem(admin.create("one more"), 429, "LIMIT", "1000");
  }

  @ParameterizedTest
  @ValueSource(strings = {"text/plain", "", "application/x-www-form-urlencoded"})
  @Execution(ExecutionMode.CONCURRENT)
  void shouldTakeNothingButJson(String mediaType) throws Exception {
    assertProblem(
        admin.send("POST", "/api/v1/volumes", "{\"name\":\"v\",\"bytes\":1}", mediaType),
        415,
        "BAD_REQUEST",
        "application/json");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "PUT|/api/v1/volumes|GET, POST",
        "DELETE|/api/v1/pools|GET",
        "POST|/api/v1/volumes/v|DELETE, GET, PATCH",
        "HEAD|/api/v1/volumes|GET, POST",
        "OPTIONS|/api/v1/volumes|GET, POST",
        "GET|/api/v1/users/admin/rotate|POST",
        "FOO|/api/v1/sessions|GET"
      })
  @Execution(ExecutionMode.CONCURRENT)
  void shouldSayWhichMethodsThereAre(String method, String path, String allowed) throws Exception {
    Answer answer = admin.send(method, path, null);

    assertThat(answer.status()).isEqualTo(405);
    assertThat(answer.header("allow")).isEqualTo(allowed);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "Bearer",
        "Bearer ",
        "Bearer admin",
        "Bearer admin.",
        "Bearer .",
        "Bearer admin.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "Bearer admin.%%%",
        "Bearer nobody.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "Bearer %ff.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "Basic YWRtaW46c2VjcmV0"
      })
  @Execution(ExecutionMode.CONCURRENT)
  void shouldAskWhoItIs(String authorization) throws Exception {
    try (AdminClient stranger = fixture.stranger(authorization)) {
      for (String path : List.of("/api/v1/pools", "/api/v1/users", "/nowhere")) {
        Answer answer = stranger.get(path);
        assertProblem(answer, 401, "AUTHENTICATION_FAILED");
        assertThat(answer.header("www-authenticate")).startsWith("Bearer");
      }
    }
  }
}
