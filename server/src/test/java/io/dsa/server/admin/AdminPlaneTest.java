package io.dsa.server.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dsa.protocol.Secret;
import io.dsa.protocol.json.JsonObject;
import io.dsa.server.admin.AdminClient.Answer;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every resource and every error, over real HTTPS. */
@Timeout(60)
final class AdminPlaneTest {
  private static final InetSocketAddress ANY_PORT =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

  /** Waits for nothing when it closes. */
  private static final AdminLimits HASTY =
      new AdminLimits(
          8, 8, 4096, Duration.ofSeconds(10), Duration.ofSeconds(10), 2, Duration.ofMillis(100));

  @TempDir private static Path directory;
  private static AdminCertificate certificate;

  private FakeServer fake;
  private AdminPlane plane;
  private AdminClient admin;
  private AdminClient reader;

  @BeforeAll
  static void makeCertificate() {
    certificate = AdminCertificate.own(directory.resolve("admin.p12"), ANY_PORT);
  }

  @BeforeEach
  void open(@TempDir Path state) throws IOException {
    Files.setPosixFilePermissions(state, PosixFilePermissions.fromString("rwx------"));
    fake = new FakeServer(state);
    plane = AdminPlane.open(ANY_PORT, certificate, fake.administration());
    admin = new AdminClient(plane.address(), fake.bearer("admin"));
    reader = new AdminClient(plane.address(), fake.bearer("reader"));
  }

  @AfterEach
  void close() {
    fake.release.countDown();
    admin.close();
    reader.close();
    plane.close();
    fake.close();
  }

  private Answer create(String name) throws Exception {
    return create(admin, name);
  }

  private static Answer create(AdminClient client, String name) throws Exception {
    return client.send(
        "POST",
        "/api/v1/volumes",
        new String(
            JsonObject.empty().with("name", name).with("bytes", 4096).toUtf8(),
            java.nio.charset.StandardCharsets.UTF_8));
  }

  private static void assertProblem(Answer answer, int status, String code, String... parts) {
    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.mediaType()).isEqualTo("application/problem+json");
    assertThat(answer.code()).isEqualTo(code);
    assertThat(answer.json().number("status")).isEqualTo(status);
    assertThat(answer.json().text("title")).isNotBlank();
    String detail = answer.json().text("detail");
    assertThat(detail).isNotBlank().doesNotContain("\n");
    for (String part : parts) {
      assertThat(detail).contains(part);
    }
    assertThat(answer.header("cache-control")).isEqualTo("no-store");
  }

  @Test
  void shouldListPools() throws Exception {
    Answer answer = admin.get("/api/v1/pools");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.mediaType()).isEqualTo("application/json");
    assertThat(answer.json().text("address")).isEqualTo("10.9.0.1:7470");
    assertThat(answer.json().text("instance")).isEqualTo("instance");
    JsonObject pool = answer.json().objects("pools").getFirst();
    assertThat(pool.text("uri")).isEqualTo(FakeServer.POOL);
    assertThat(pool.number("capacity")).isEqualTo(1 << 30);
    assertThat(pool.number("free")).isEqualTo(1 << 29);
    assertThat(pool.text("persistence")).isEqualTo("volatile");
  }

  @Test
  void shouldMakeShowChangeAndDeleteAVolume() throws Exception {
    Answer made = create("v");
    assertThat(made.status()).isEqualTo(201);
    assertThat(made.header("location")).isEqualTo("/api/v1/volumes/v");
    assertThat(made.json().keys())
        .containsExactly(
            "name", "id", "bytes", "pool", "extents", "state", "volatile", "durability");

    assertThat(admin.get("/api/v1/volumes").json().objects("volumes")).hasSize(1);
    assertThat(admin.get("/api/v1/volumes/v").json().text("id")).isEqualTo(made.json().text("id"));
    Answer larger = admin.send("PATCH", "/api/v1/volumes/v", "{\"bytes\":8192}");
    assertThat(larger.status()).isEqualTo(200);
    assertThat(larger.json().number("bytes")).isEqualTo(8192);
    Answer renamed = admin.send("PATCH", "/api/v1/volumes/v", "{\"name\":\"w\"}");
    assertThat(renamed.json().text("name")).isEqualTo("w");
    assertThat(renamed.json().text("id")).isEqualTo(made.json().text("id"));
    Answer deleted = admin.send("DELETE", "/api/v1/volumes/w", null);
    assertThat(deleted.status()).isEqualTo(204);
    assertThat(deleted.raw().body()).isEmpty();
    assertProblem(admin.get("/api/v1/volumes/w"), 404, "UNKNOWN_VOLUME", "w");
  }

  @ParameterizedTest
  @CsvSource({
    "two words, two%20words",
    "ünïcödé, %C3%BCn%C3%AFc%C3%B6d%C3%A9",
    "100%, 100%25",
    "a?b#c&d=e+f;g, a%3Fb%23c%26d%3De%2Bf%3Bg",
    "日本, %E6%97%A5%E6%9C%AC",
    "😀, %F0%9F%98%80",
    "a.b, a%2Eb"
  })
  void shouldTakeNamesOfAnyCharacters(String name, String encoded) throws Exception {
    Answer made = create(name);
    assertThat(made.status()).isEqualTo(201);

    assertThat(admin.get(made.header("location")).json().text("name")).isEqualTo(name);
    assertThat(admin.get("/api/v1/volumes/" + encoded).json().text("name")).isEqualTo(name);
    assertThat(admin.send("DELETE", "/api/v1/volumes/" + encoded, null).status()).isEqualTo(204);
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
  void shouldRefuseAPath(String path, int status, String code) throws Exception {
    String answer =
        AdminClient.say(
            plane.address(),
            ("GET "
                    + path
                    + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: "
                    + fake.bearer("admin")
                    + "\r\n\r\n")
                .getBytes(java.nio.charset.StandardCharsets.US_ASCII));

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
  void shouldRefuseABody(String body, int status, String code) throws Exception {
    assertProblem(admin.send("POST", "/api/v1/volumes", body), status, code);
    assertThat(admin.get("/api/v1/volumes").json().objects("volumes")).isEmpty();
  }

  /** In its own words, not in those of the library that reads it. */
  @Test
  void shouldSayWhereABodyIsNoJson() throws Exception {
    assertProblem(
        admin.send("POST", "/api/v1/volumes", "{\"name\":\"v\",\n \"bytes\": nope}"),
        400,
        "BAD_REQUEST",
        "not JSON: line 2, column 11 cannot be read");
  }

  @Test
  void shouldNameTheKeyThatItDoesNotKnow() throws Exception {
    create("v");

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

  @Test
  void shouldSayWhatIsThereAlready() throws Exception {
    assertThat(create("v").status()).isEqualTo(201);
    assertThat(admin.send("POST", "/api/v1/users", "{\"name\":\"ada\"}").status()).isEqualTo(201);

    assertProblem(create("v"), 409, "VOLUME_EXISTS", "v");
    assertProblem(
        admin.send("POST", "/api/v1/users", "{\"name\":\"ada\"}"),
        409,
        "USER_EXISTS",
        "there already is a user named ada");
  }

  @ParameterizedTest
  @ValueSource(strings = {"200d", "3164", "2800", "034f", "00a0", "e000", "0378"})
  void shouldGiveNoNameThatCannotBeSeen(String hex) throws Exception {
    String name = "\"ad\\u" + hex + "a\"";
    String found = "U+" + hex.toUpperCase(java.util.Locale.ROOT);

    assertProblem(
        admin.send("POST", "/api/v1/users", "{\"name\":" + name + "}"), 422, "INVALID_NAME", found);
    assertProblem(
        admin.send("POST", "/api/v1/volumes", "{\"name\":" + name + ",\"bytes\":1}"),
        422,
        "INVALID_NAME",
        found);
  }

  @Test
  void shouldTakeAVolumeThatIsOpenOnlyByForce() throws Exception {
    create(FakeServer.BUSY);
    String path = "/api/v1/volumes/" + FakeServer.BUSY;

    assertProblem(admin.send("DELETE", path, null), 409, "VOLUME_BUSY");
    assertProblem(admin.send("DELETE", path + "?force=false", null), 409, "VOLUME_BUSY");
    assertThat(admin.send("DELETE", path + "?force=true", null).status()).isEqualTo(204);
  }

  @Test
  void shouldSayThatALimitIsReached() throws Exception {
    for (int i = 0; i <= 1000; i++) {
      fake.create("v" + i, 1, "");
    }

    assertProblem(create("one more"), 429, "LIMIT", "1000");
  }

  @ParameterizedTest
  @ValueSource(strings = {"text/plain", "", "application/x-www-form-urlencoded"})
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
  void shouldAskWhoItIs(String authorization) throws Exception {
    try (AdminClient stranger = new AdminClient(plane.address(), authorization)) {
      for (String path : List.of("/api/v1/pools", "/api/v1/users", "/nowhere")) {
        Answer answer = stranger.get(path);
        assertProblem(answer, 401, "AUTHENTICATION_FAILED");
        assertThat(answer.header("www-authenticate")).startsWith("Bearer");
      }
    }
  }

  @Test
  void shouldShowAUserOnlyWhatIsHis() throws Exception {
    create("mine");
    create("other");
    assertThat(
            admin
                .send("PUT", "/api/v1/users/reader/rights/mine", "{\"rights\":[\"read\"]}")
                .status())
        .isEqualTo(200);

    assertThat(reader.get("/api/v1/volumes").json().objects("volumes"))
        .extracting(volume -> volume.text("name"))
        .containsExactly("mine");
    assertThat(reader.get("/api/v1/volumes/mine").status()).isEqualTo(200);
    assertProblem(reader.get("/api/v1/volumes/other"), 404, "UNKNOWN_VOLUME");
    assertProblem(
        reader.send("DELETE", "/api/v1/volumes/other?force=true", null), 404, "UNKNOWN_VOLUME");
    assertProblem(
        reader.send("DELETE", "/api/v1/volumes/mine", null), 403, "NOT_PERMITTED", "manage");
    assertProblem(
        reader.send("PATCH", "/api/v1/volumes/mine", "{\"bytes\":1}"), 403, "NOT_PERMITTED");
    assertProblem(
        reader.send("POST", "/api/v1/volumes", "{\"name\":\"x\",\"bytes\":1}"),
        403,
        "NOT_PERMITTED",
        "admin");
    assertProblem(reader.get("/api/v1/users"), 403, "NOT_PERMITTED");
    assertProblem(reader.get("/api/v1/pools"), 403, "NOT_PERMITTED");

    admin.send("PUT", "/api/v1/users/reader/rights/mine", "{\"rights\":[\"manage\"]}");
    assertThat(reader.send("PATCH", "/api/v1/volumes/mine", "{\"bytes\":1}").status())
        .isEqualTo(200);
    assertThat(reader.send("DELETE", "/api/v1/volumes/mine", null).status()).isEqualTo(204);
  }

  @Test
  void shouldListAndEndSessions() throws Exception {
    JsonObject first = admin.get("/api/v1/sessions").json().objects("sessions").getFirst();
    assertThat(first.number("id")).isEqualTo(7);
    assertThat(first.text("user")).isEqualTo("admin");
    assertThat(first.text("client")).isEqualTo("client 7");
    assertThat(first.text("address")).isEqualTo("10.9.0.2:1234");
    assertThat(first.number("queues")).isEqualTo(2);
    assertThat(first.objects("volumes").getFirst().text("mode")).isEqualTo("read-write");

    assertThat(reader.get("/api/v1/sessions").json().objects("sessions")).hasSize(1);
    assertProblem(reader.send("DELETE", "/api/v1/sessions/7", null), 404, "UNKNOWN_SESSION");
    assertThat(reader.send("DELETE", "/api/v1/sessions/8", null).status()).isEqualTo(204);
    assertThat(admin.send("DELETE", "/api/v1/sessions/7", null).status()).isEqualTo(204);
    assertProblem(admin.send("DELETE", "/api/v1/sessions/7", null), 404, "UNKNOWN_SESSION");
    assertProblem(admin.send("DELETE", "/api/v1/sessions/x", null), 404, "UNKNOWN_SESSION");
  }

  @Test
  void shouldAdministerUsers() throws Exception {
    create("v");
    Answer made =
        admin.send(
            "POST",
            "/api/v1/users",
            "{\"name\":\"Zoë\",\"admin\":false,\"quotas\":{\"sessions\":3}}");
    assertThat(made.status()).isEqualTo(201);
    assertThat(made.header("location")).isEqualTo("/api/v1/users/Zo%C3%AB");
    assertThat(made.json().text("secret")).startsWith("dsa-");
    assertThat(made.json().object("quotas").number("sessions")).isEqualTo(3);
    String path = made.header("location");

    assertThat(admin.get("/api/v1/users").json().objects("users")).hasSize(3);
    assertThat(admin.get(path).json().keys()).doesNotContain("secret");
    assertProblem(admin.send("POST", "/api/v1/users", "{\"name\":\"Zoë\"}"), 409, "USER_EXISTS");
    assertProblem(admin.send("POST", "/api/v1/users", "{\"name\":\"a:b\"}"), 422, "INVALID_NAME");
    Answer changed = admin.send("PATCH", path, "{\"quotas\":{}}");
    assertThat(changed.json().object("quotas").isEmpty()).isTrue();
    for (String quotas : List.of("{\"queues\":0}", "{\"queues\":99999999999}", "{\"size\":1}")) {
      assertProblem(
          admin.send("PATCH", path, "{\"quotas\":" + quotas + "}"), 400, "BAD_REQUEST", "quota");
    }
    assertThat(admin.send("PATCH", path, "{\"admin\":true}").json().flag("admin")).isTrue();
    assertProblem(admin.send("PATCH", path, "{}"), 400, "BAD_REQUEST", "either");
    assertThat(admin.send("DELETE", path, null).status()).isEqualTo(204);
    assertProblem(admin.get(path), 404, "UNKNOWN_USER");
    assertProblem(admin.send("DELETE", path, null), 404, "UNKNOWN_USER");
    assertProblem(admin.send("DELETE", "/api/v1/users/admin", null), 422, "UNSUPPORTED", "admin");
  }

  @Test
  void shouldGiveAndTakeRights() throws Exception {
    create("v");
    String rights = "/api/v1/users/reader/rights/v";

    Answer granted = admin.send("PUT", rights, "{\"rights\":[\"read\",\"manage\"]}");

    JsonObject ofV = granted.json().objects("rights").getFirst();
    assertThat(ofV.text("volume")).isEqualTo("v");
    assertThat(ofV.texts("rights")).containsExactly("read", "manage");
    assertProblem(admin.send("PUT", rights, "{\"rights\":[\"all\"]}"), 400, "BAD_REQUEST", "all");
    assertProblem(admin.send("PUT", rights, "{\"rights\":[]}"), 400, "BAD_REQUEST", "read");
    assertProblem(
        admin.send("PUT", "/api/v1/users/reader/rights/nope", "{\"rights\":[\"read\"]}"),
        404,
        "UNKNOWN_VOLUME");
    assertProblem(
        admin.send("PUT", "/api/v1/users/nobody/rights/v", "{\"rights\":[\"read\"]}"),
        404,
        "UNKNOWN_USER");
    assertThat(admin.send("DELETE", rights, null).status()).isEqualTo(204);
    assertThat(admin.get("/api/v1/users/reader").json().objects("rights")).isEmpty();
  }

  @Test
  void shouldKnowAnOldSecretForAsLongAsWasSaid() throws Exception {
    Answer rotated = admin.send("POST", "/api/v1/users/reader/rotate", "{\"overlap-seconds\":600}");
    assertThat(rotated.status()).isEqualTo(200);
    String token = Secret.parse(rotated.json().text("secret")).adminToken().toText();
    try (AdminClient renewed = new AdminClient(plane.address(), "Bearer reader." + token)) {
      assertThat(renewed.get("/api/v1/volumes").status()).isEqualTo(200);
      assertThat(reader.get("/api/v1/volumes").status()).isEqualTo(200);

      admin.send("POST", "/api/v1/users/reader/rotate", "{\"overlap-seconds\":0}");

      assertThat(renewed.get("/api/v1/volumes").status()).isEqualTo(401);
      assertThat(reader.get("/api/v1/volumes").status()).isEqualTo(401);
    }
    assertProblem(
        admin.send("POST", "/api/v1/users/reader/rotate", "{\"overlap-seconds\":-1}"),
        400,
        "BAD_REQUEST");
    assertProblem(
        admin.send("POST", "/api/v1/users/reader/rotate", "{\"overlap-seconds\":7776001}"),
        400,
        "BAD_REQUEST",
        "an overlap of 7776001 s: the old secret can stay good for 0 to 7776000 s, which is 90 days");
    assertThat(admin.send("POST", "/api/v1/users/reader/rotate", null).status()).isEqualTo(200);
  }

  @Test
  void shouldLetEverybodyInWhereThereAreNoUsers() throws Exception {
    try (AdminPlane open =
            AdminPlane.open(ANY_PORT, certificate, fake.administration(Optional.empty()));
        AdminClient anybody = new AdminClient(open.address(), "")) {
      assertThat(anybody.send("POST", "/api/v1/volumes", "{\"name\":\"v\",\"bytes\":1}").status())
          .isEqualTo(201);
      assertThat(anybody.get("/api/v1/sessions").json().objects("sessions")).hasSize(2);
      assertProblem(anybody.get("/api/v1/users"), 422, "UNSUPPORTED", "--insecure");
    }
  }

  /** A page asks a server for leave before it says anything else there, without a token. */
  @Test
  void shouldGiveNoLeaveToPagesOfOtherOrigins() throws Exception {
    byte[] asked =
        """
        OPTIONS /api/v1/volumes/v HTTP/1.1
        Host: x
        Origin: https://elsewhere
        Access-Control-Request-Method: DELETE
        Connection: close

        """
            .replace("\n", "\r\n")
            .getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    try (AdminPlane open =
        AdminPlane.open(ANY_PORT, certificate, fake.administration(Optional.empty()))) {
      assertThat(AdminClient.say(open.address(), asked))
          .startsWith("HTTP/1.1 405 ")
          .doesNotContainIgnoringCase("access-control");
    }
  }

  @Test
  void shouldLetOneOfManyMakeAVolume() throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      List<Future<Integer>> answers = new ArrayList<>();
      for (int i = 0; i < 64; i++) {
        answers.add(threads.submit(() -> create("v").status()));
      }
      int made = 0;
      for (Future<Integer> answer : answers) {
        assertThat(answer.get()).isIn(201, 409);
        made += answer.get() == 201 ? 1 : 0;
      }
      assertThat(made).isEqualTo(1);
    }
  }

  @Test
  void shouldSayThatThePortIsInUse() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, ANY_PORT.getAddress())) {
      InetSocketAddress address =
          new InetSocketAddress(ANY_PORT.getAddress(), taken.getLocalPort());

      assertThatThrownBy(() -> AdminPlane.open(address, certificate, fake.administration()))
          .isInstanceOf(AdminException.class)
          .hasMessageContaining("127.0.0.1:" + taken.getLocalPort())
          .hasMessageContaining("in use")
          .hasMessageContaining("configuration's admin")
          .message()
          .doesNotContain("\n");
    }
  }

  @Test
  void shouldEndWhatIsUnderWayBeforeItCloses() throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
      Future<Answer> slow = threads.submit(() -> create(FakeServer.SLOW));
      fake.slowBegun.acquire();
      Future<?> closing = threads.submit(plane::close);
      awaitNoListener();
      fake.release.countDown();

      assertThat(slow.get().status()).isEqualTo(201);
      assertThat(slow.get().header("connection")).isEqualTo("close");
      closing.get();
      assertThatThrownBy(() -> admin.get("/api/v1/pools")).isInstanceOf(java.io.IOException.class);
      plane.close();
    }
  }

  @Test
  void shouldLetAnAnswerGoThatComesAfterItHasClosed() throws Exception {
    List<Throwable> uncaught = new CopyOnWriteArrayList<>();
    Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
    plane.close();
    plane = AdminPlane.open(ANY_PORT, certificate, fake.administration(), HASTY);
    Thread.setDefaultUncaughtExceptionHandler((thread, why) -> uncaught.add(why));
    try (ExecutorService threads = Executors.newSingleThreadExecutor();
        AdminClient client = new AdminClient(plane.address(), fake.bearer("admin"))) {
      Future<Answer> slow = threads.submit(() -> create(client, FakeServer.SLOW));
      fake.slowBegun.acquire();
      plane.close();

      assertThatThrownBy(slow::get).hasCauseInstanceOf(java.io.IOException.class);
      // Only a loop that has ended refuses.
      for (Thread loop : named("dsa-admin-io")) {
        loop.join();
      }
      List<Thread> workers = named("dsa-admin-\\d+");
      assertThat(workers).isNotEmpty();
      fake.release.countDown();
      for (Thread worker : workers) {
        worker.join();
      }
      assertThat(uncaught).isEmpty();
    } finally {
      Thread.setDefaultUncaughtExceptionHandler(before);
    }
  }

  private static List<Thread> named(String pattern) {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().matches(pattern))
        .toList();
  }

  private void awaitNoListener() throws Exception {
    boolean refused = false;
    while (!refused) {
      try (Socket socket = new Socket()) {
        socket.connect(plane.address());
      } catch (ConnectException e) {
        refused = true;
      } catch (SocketException e) {
        // Reset: it came while the listener was closing.
      }
    }
  }
}
