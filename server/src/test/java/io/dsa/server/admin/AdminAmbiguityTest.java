package io.dsa.server.admin;

import static io.dsa.server.admin.PlaneFixture.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;

import io.dsa.protocol.json.JsonObject;
import io.dsa.server.LoggedLines;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that can be read in two ways, as no HTTP client would send them: none is answered. */
@Timeout(60)
final class AdminAmbiguityTest {
  private static final String BODY = "{\"name\":\"v\",\"bytes\":1}";
  private static final String CHUNKED = "16\r\n" + BODY + "\r\n0\r\n\r\n";

  private PlaneFixture fixture;
  private String ofAdmin;
  private String ofReader;

  @BeforeEach
  void open(@TempDir Path directory) {
    fixture = new PlaneFixture(directory);
    ofAdmin = "Authorization: " + fixture.fake.bearer("admin");
    ofReader = "Authorization: " + fixture.fake.bearer("reader");
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  /** Sends what would make a volume, and reads all that comes back until the server closes. */
  private String post(String body, String... headers) throws Exception {
    String head = "POST /api/v1/volumes HTTP/1.1\r\n" + String.join("\r\n", headers) + "\r\n\r\n";
    return AdminClient.say(fixture.address(), (head + body).getBytes(StandardCharsets.US_ASCII));
  }

  private String postTwice(String header) throws Exception {
    return post(
        BODY, "Host: x", ofAdmin, "Content-Type: application/json", "Content-Length: 22", header);
  }

  /** Says so once in JSON, and takes nothing more on this connection. */
  private void assertRefused(String answer, String... words) throws Exception {
    assertThat(answer)
        .startsWith("HTTP/1.1 400 ")
        .contains("content-type: application/problem+json\r\n", "connection: close\r\n");
    JsonObject problem =
        JsonObject.parse(
            answer.substring(answer.indexOf("\r\n\r\n") + 4).getBytes(StandardCharsets.ISO_8859_1));
    assertThat(problem.text("code")).isEqualTo("BAD_REQUEST");
    assertThat(problem.text("detail"))
        .hasLineCount(1)
        .contains(words)
        .doesNotContain(ofAdmin.substring(ofAdmin.length() - 20));
    assertThat(fixture.fake.list()).isEmpty();
  }

  /** Were it not for the header that is there twice, each of these would make the volume. */
  @Test
  void shouldTakeEachHeaderOnce() throws Exception {
    assertThat(postTwice("Connection: close")).startsWith("HTTP/1.1 201 ");
    assertThat(
            post(
                CHUNKED.replace("\"v\"", "\"w\""),
                "Host: x",
                "Connection: close",
                ofAdmin,
                "Content-Type: application/json",
                "Transfer-Encoding: chunked"))
        .startsWith("HTTP/1.1 201 ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Host: x",
        "host: elsewhere",
        "Content-Type: application/json",
        "CONTENT-TYPE: text/plain",
        "Content-Length: 22",
        "Content-Length: 3",
        "content-length: 0",
      })
  void shouldRefuseAHeaderThatIsThereTwice(String header) throws Exception {
    assertRefused(postTwice(header), "the header ", " is there 2 times; send it once");
  }

  @Test
  void shouldNotChooseBetweenTwoUsers() throws Exception {
    String words = "the header Authorization is there 2 times";

    assertRefused(postTwice(ofReader), words);
    assertRefused(postTwice(ofAdmin), words);
    assertRefused(postTwice(ofAdmin.toLowerCase(Locale.ROOT)), words);
    assertRefused(postTwice("Authorization: "), words);
    assertRefused(postTwice("Authorization: Basic YWRtaW46c2VjcmV0"), words);
  }

  /** A list is no second header, and nobody's token. */
  @Test
  void shouldTakeAListOfTokensForNone() throws Exception {
    String two = ofReader + ", " + fixture.fake.bearer("admin");

    assertThat(
            post(
                BODY,
                "Host: x",
                "Connection: close",
                two,
                "Content-Type: application/json",
                "Content-Length: 22"))
        .startsWith("HTTP/1.1 401 ");
  }

  /** What comes behind a body is no header. */
  @Test
  void shouldTakeNoTokenBehindTheBody() throws Exception {
    assertThat(
            post(
                CHUNKED.substring(0, CHUNKED.length() - 2) + ofAdmin + "\r\n\r\n",
                "Host: x",
                "Connection: close",
                "Content-Type: application/json",
                "Transfer-Encoding: chunked"))
        .startsWith("HTTP/1.1 401 ");
  }

  @Test
  void shouldRefuseABodyWithTwoEnds() throws Exception {
    String json = "Content-Type: application/json";
    String chunked = "Transfer-Encoding: chunked";
    String both = "Content-Length and Transfer-Encoding";

    assertRefused(
        post(CHUNKED, "Host: x", ofAdmin, json, "Content-Length: " + CHUNKED.length(), chunked),
        both);
    assertRefused(post(CHUNKED, "Host: x", ofAdmin, json, chunked, "Content-Length: 3"), both);
    assertRefused(
        post(CHUNKED, "Host: x", ofAdmin, json, chunked, chunked),
        "the header Transfer-Encoding is there 2 times");
  }

  /** What follows it on the connection may be a part of its body, and is not answered. */
  @Test
  void shouldAnswerNothingThatFollows() throws Exception {
    String next = "GET /api/v1/volumes HTTP/1.1\r\nHost: x\r\n" + ofAdmin + "\r\n\r\n";

    String answer =
        post(
            CHUNKED + next,
            "Host: x",
            ofAdmin,
            "Content-Type: application/json",
            "Content-Length: " + CHUNKED.length(),
            "Transfer-Encoding: chunked");

    assertRefused(answer, "Content-Length and Transfer-Encoding");
    assertThat(answer.split("HTTP/1.1 ", -1)).hasSize(2);
  }

  /** Who waits for leave to send a body hears at once that there is none to be given. */
  @Test
  void shouldRefuseBeforeABodyIsSent() throws Exception {
    assertRefused(
        post("", "Host: x", ofAdmin, ofReader, "Content-Length: 22", "Expect: 100-continue"),
        "Authorization");
    assertRefused(
        post("", "Host: x", ofAdmin, "Expect: 100-continue", "Expect: 100-continue"), "Expect");
  }

  @ParameterizedTest
  @CsvSource({
    "force=true&force=true, force",
    "force=false&force=true, force",
    "force=true&f%6Frce=false, force",
    "force&force, force",
    "a=1&a=2, a",
  })
  void shouldRefuseAParameterThatIsThereTwice(String query, String parameter) throws Exception {
    fixture.admin.create("v");

    assertProblem(
        fixture.admin.send("DELETE", "/api/v1/volumes/v?" + query, null),
        400,
        "BAD_REQUEST",
        "the parameter '" + parameter + "' is there more than once; send it once");
    assertThat(fixture.fake.list()).hasSize(1);
  }

  @Test
  void shouldRefuseAKeyThatIsThereTwice() throws Exception {
    assertProblem(
        fixture.admin.send("POST", "/api/v1/users", "{\"name\":\"ada\",\"name\":\"bob\"}"),
        400,
        "BAD_REQUEST",
        "name");
  }

  /** Nobody can say whose request it is, so it is told as a stranger's. */
  @Test
  void shouldLogItAsNobodys() throws Exception {
    try (LoggedLines logged = new LoggedLines(AuditLog.class)) {
      postTwice(ofReader);

      assertThat(logged.lines())
          .containsExactly(
              "Nobody known at 127.0.0.1: POST /api/v1/volumes: refused, 400 BAD_REQUEST");
    }
  }
}
