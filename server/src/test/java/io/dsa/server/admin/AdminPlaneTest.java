package io.dsa.server.admin;

import static io.dsa.server.admin.PlaneFixture.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dsa.protocol.Secret;
import io.dsa.protocol.json.JsonObject;
import io.dsa.server.admin.AdminClient.Answer;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every resource, over real HTTPS. */
@Timeout(60)
final class AdminPlaneTest {
  private PlaneFixture fixture;
  private AdminClient admin;
  private AdminClient reader;

  @BeforeEach
  void open(@TempDir Path directory) {
    fixture = new PlaneFixture(directory);
    admin = fixture.admin;
    reader = fixture.reader;
  }

  @AfterEach
  void close() {
    fixture.close();
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
    Answer made = admin.create("v");
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
    Answer made = admin.create(name);
    assertThat(made.status()).isEqualTo(201);

    assertThat(admin.get(made.header("location")).json().text("name")).isEqualTo(name);
    assertThat(admin.get("/api/v1/volumes/" + encoded).json().text("name")).isEqualTo(name);
    assertThat(admin.send("DELETE", "/api/v1/volumes/" + encoded, null).status()).isEqualTo(204);
  }

  @Test
  void shouldTakeAVolumeThatIsOpenOnlyByForce() throws Exception {
    admin.create(FakeServer.BUSY);
    String path = "/api/v1/volumes/" + FakeServer.BUSY;

    assertProblem(admin.send("DELETE", path, null), 409, "VOLUME_BUSY");
    assertProblem(admin.send("DELETE", path + "?force=false", null), 409, "VOLUME_BUSY");
    assertThat(admin.send("DELETE", path + "?force=true", null).status()).isEqualTo(204);
  }

  @Test
  void shouldShowAUserOnlyWhatIsHis() throws Exception {
    admin.create("mine");
    admin.create("other");
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
        reader.send("DELETE", "/api/v1/volumes/mine", null),
        403,
        "NOT_PERMITTED",
        "user reader lacks the right 'manage' on volume mine; an admin can give it");
    assertProblem(
        reader.send("PATCH", "/api/v1/volumes/mine", "{\"bytes\":1}"), 403, "NOT_PERMITTED");
    assertProblem(
        reader.send("POST", "/api/v1/volumes", "{\"name\":\"x\",\"bytes\":1}"),
        403,
        "NOT_PERMITTED",
        "admin");
    assertProblem(
        reader.get("/api/v1/users"),
        403,
        "NOT_PERMITTED",
        "this needs the role admin, which user reader lacks");
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
    admin.create("v");
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
    admin.create("v");
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
    try (AdminClient renewed = fixture.stranger("Bearer reader." + token)) {
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
    try (AdminPlane open = fixture.openToAll();
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
            .getBytes(StandardCharsets.US_ASCII);
    try (AdminPlane open = fixture.openToAll()) {
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
        answers.add(threads.submit(() -> admin.create("v").status()));
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
    try (ServerSocket taken = new ServerSocket(0, 1, PlaneFixture.ANY_PORT.getAddress())) {
      InetSocketAddress address =
          new InetSocketAddress(PlaneFixture.ANY_PORT.getAddress(), taken.getLocalPort());

      assertThatThrownBy(() -> fixture.openAt(address))
          .isInstanceOf(AdminException.class)
          .hasMessageContaining("127.0.0.1:" + taken.getLocalPort())
          .hasMessageContaining("in use")
          .hasMessageContaining("configuration's admin")
          .message()
          .doesNotContain("\n");
    }
  }
}
