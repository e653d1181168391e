package io.dsa.server.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that are slow, silent, many, or send what is no request: others are served on. */
@Timeout(90)
final class AdminBoundsTest {
  private static final InetAddress HERE = InetAddress.ofLiteral("127.0.0.1");
  private static final InetAddress ELSEWHERE = InetAddress.ofLiteral("127.0.0.2");

  private static final AdminLimits TIGHT =
      new AdminLimits(
          12, 8, 4096, Duration.ofMillis(1500), Duration.ofMillis(700), 2, Duration.ofSeconds(3));

  private PlaneFixture fixture;
  private AdminClient admin;
  private String get;
  private String post;

  @BeforeEach
  void open(@TempDir Path directory) {
    fixture = new PlaneFixture(directory, TIGHT);
    admin = fixture.admin;
    String by = " HTTP/1.1\r\nHost: x\r\nAuthorization: " + fixture.fake.bearer("admin") + "\r\n";
    get = "GET /api/v1/volumes" + by + "\r\n";
    post = "POST /api/v1/volumes" + by;
  }

  @AfterEach
  void shouldStillServe() throws Exception {
    fixture.fake.release.countDown();
    admin.close();
    long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    int status = 0;
    while (status != 200 && System.nanoTime() < deadline) {
      try (AdminClient another = fixture.client("admin")) {
        status = another.get("/api/v1/pools").status();
      } catch (IOException e) {
        // What was abandoned is not closed yet.
        Thread.sleep(50);
      }
    }
    fixture.close();
    assertThat(status).isEqualTo(200);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private String say(String text) throws Exception {
    return AdminClient.say(fixture.address(), ascii(text));
  }

  @Test
  void shouldRefuseABodyThatIsTooLarge() throws Exception {
    String body = "{\"name\":\"" + "x".repeat(TIGHT.requestBytes()) + "\",\"bytes\":1}";

    AdminClient.Answer answer = admin.send("POST", "/api/v1/volumes", body);

    assertThat(answer.status()).isEqualTo(413);
    assertThat(answer.json().text("detail")).contains("4096");
    assertThat(answer.header("connection")).isEqualTo("close");
  }

  @Test
  void shouldCutAnEndlessBodyOff() throws Exception {
    String head = post + "Transfer-Encoding: chunked\r\n\r\n";
    String chunk = "1000\r\n" + "x".repeat(4096) + "\r\n";

    String answer = say(head + chunk.repeat(1000));

    assertThat(answer)
        .satisfiesAnyOf(
            a -> assertThat(a).isEmpty(), a -> assertThat(a).startsWith("HTTP/1.1 413 "));
  }

  @Test
  void shouldRefuseBeforeALargeBodyIsSent() throws Exception {
    String answer = say(post + "Expect: 100-continue\r\nContent-Length: " + 1_000_000 + "\r\n\r\n");

    assertThat(answer).startsWith("HTTP/1.1 413 ");
  }

  @Test
  void shouldAskForABodyThatWaits() throws Exception {
    String body = "{\"name\":\"v\",\"bytes\":1}";
    String answer =
        say(
            post
                + "Connection: close\r\nContent-Type: application/json\r\nExpect: 100-continue\r\n"
                + "Content-Length: "
                + body.length()
                + "\r\n\r\n"
                + body);

    assertThat(answer).startsWith("HTTP/1.1 100 ").contains("HTTP/1.1 201 ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "GET",
        "GET /api/v1/volumes HTTP/1.1\r\n",
        "GET /api/v1/volumes HTTP/1.1\r\nHost: x\r\nX-Slow: ",
        "POST /api/v1/volumes HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{"
      })
  @Execution(ExecutionMode.CONCURRENT)
  void shouldDropWhoNeverEndsARequest(String beginning) throws Exception {
    long start = System.nanoTime();

    String answer = say(beginning);

    assertThat(answer).isEmpty();
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(6));
  }

  /** A byte now and then is no progress. */
  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void shouldDropWhoTrickles() throws Exception {
    long start = System.nanoTime();
    try (SSLSocket socket = AdminClient.raw(fixture.address())) {
      OutputStream out = socket.getOutputStream();
      out.write(ascii("GET /api/v1/volumes HTTP/1.1\r\nHost: x\r\nX-Slow: "));
      boolean open = true;
      while (open && Duration.ofNanos(System.nanoTime() - start).toSeconds() < 10) {
        try {
          out.write('x');
          out.flush();
          Thread.sleep(100);
        } catch (IOException e) {
          open = false;
        }
      }
      assertThat(open).isFalse();
    }
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void shouldDropWhoNeverBeginsTls() throws Exception {
    try (Socket socket = new Socket()) {
      socket.connect(fixture.address());
      socket.setSoTimeout(10_000);
      assertThat(socket.getInputStream().read()).isEqualTo(-1);
    }
  }

  @Test
  void shouldDropWhoSpeaksNoTls() throws Exception {
    try (Socket socket = new Socket()) {
      socket.connect(fixture.address());
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write(ascii(get));
      byte[] answer;
      try {
        answer = socket.getInputStream().readAllBytes();
      } catch (SocketTimeoutException e) {
        throw e;
      } catch (IOException reset) {
        answer = new byte[0];
      }
      // An alert at most.
      assertThat(answer.length).isLessThan(16);
    }
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void shouldDropWhoNeverReads() throws Exception {
    for (int i = 0; i < 1000; i++) {
      fixture.fake.create("v".repeat(200) + i, 1, "");
    }
    try (Socket plain = new Socket()) {
      plain.setReceiveBufferSize(1024);
      plain.connect(fixture.address());
      try (SSLSocket socket = AdminClient.over(plain, fixture.address())) {
        // Answers of some 400 kB each, none of which is read.
        OutputStream out = socket.getOutputStream();
        long start = System.nanoTime();
        boolean open = true;
        while (open && Duration.ofNanos(System.nanoTime() - start).toSeconds() < 20) {
          try {
            out.write(ascii(get));
            out.flush();
            Thread.sleep(50);
          } catch (IOException e) {
            open = false;
          }
        }
        assertThat(open).isFalse();
      }
    }
  }

  @Test
  void shouldTakeNoMoreConnectionsThanItMay() throws Exception {
    List<SSLSocket> sockets = new ArrayList<>();
    try {
      for (int i = 0; i < TIGHT.connections(); i++) {
        InetAddress from = i < TIGHT.connectionsOfHost() ? HERE : ELSEWHERE;
        sockets.add(AdminClient.raw(fixture.address(), from));
      }
      try (Socket more = new Socket()) {
        // It has none yet, and there is none left.
        more.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.3"), 0));
        more.connect(fixture.address());
        more.setSoTimeout(1000);
        assertThat(readOrReset(more.getInputStream())).isEqualTo(-1);
      }
      OutputStream out = sockets.getFirst().getOutputStream();
      out.write(ascii(get));
      out.flush();
      assertThat(sockets.getFirst().getInputStream().read()).isEqualTo('H');
    } finally {
      for (SSLSocket socket : sockets) {
        socket.close();
      }
    }
  }

  private static int readOrReset(InputStream in) throws Exception {
    try {
      return in.read();
    } catch (SocketTimeoutException e) {
      throw e;
    } catch (IOException reset) {
      return -1;
    }
  }

  @Test
  void shouldTellWhoComesWhileAllAreBusy() throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
      List<Future<Integer>> slow = new ArrayList<>();
      for (int i = 0; i < TIGHT.workers(); i++) {
        String body = "{\"name\":\"" + FakeServer.SLOW + i + "\",\"bytes\":1}";
        slow.add(threads.submit(() -> admin.send("POST", "/api/v1/volumes", body).status()));
      }
      fixture.fake.slowBegun.acquire(TIGHT.workers());

      AdminClient.Answer answer = admin.get("/api/v1/pools");

      assertThat(answer.status()).isEqualTo(503);
      assertThat(answer.header("retry-after")).isEqualTo("1");
      fixture.fake.release.countDown();
      for (Future<Integer> each : slow) {
        // Longer than a request may take to arrive: being answered is another matter.
        assertThat(each.get()).isEqualTo(201);
      }
    }
  }

  @Test
  void shouldAnswerInOrderWhatComesAtOnce() throws Exception {
    String answer =
        say(
            get.replace("volumes", "pools").repeat(20)
                + get.replace("Host: x\r\n", "Host: x\r\nConnection: close\r\n"));

    assertThat(answer.split("HTTP/1.1 200 ", -1)).hasSize(22);
    assertThat(answer).endsWith("{\"volumes\":[]}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\r\n\r\n\r\n\r\nx\r\n\r\n",
        "GET\r\n\r\n",
        "GET  HTTP/1.1\r\n\r\n",
        "GET /api/v1/volumes HTTP/9.9\r\n\r\n",
        "GET /api/v1/volumes FTP/1.1\r\n\r\n",
        "GET /api/v1/volumes HTTP/1.1\r\nno colon\r\n\r\n",
        "GET /api/v1/volumes HTTP/1.1\r\n : x\r\n\r\n",
        "POST /api/v1/volumes HTTP/1.1\r\nContent-Length: x\r\n\r\n",
        "POST /api/v1/volumes HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        "POST /api/v1/volumes HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n12",
        "POST /api/v1/volumes HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "POST /api/v1/volumes HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n",
      })
  void shouldRefuseWhatIsNoRequest(String text) throws Exception {
    String answer = say(text);

    assertThat(answer)
        .satisfiesAnyOf(
            a -> assertThat(a).isEmpty(), a -> assertThat(a).matches("(?s)HTTP/1.1 4.. .*"));
  }

  @Test
  void shouldBoundTheFirstLineAndTheHeaders() throws Exception {
    assertThat(say("GET /" + "x".repeat(AdminLimits.LINE_BYTES) + " HTTP/1.1\r\n\r\n"))
        .startsWith("HTTP/1.1 414 ");
    assertThat(say("GET / HTTP/1.1\r\nX: " + "x".repeat(AdminLimits.HEADER_BYTES) + "\r\n\r\n"))
        .startsWith("HTTP/1.1 431 ");
  }

  /** Whatever is made of a request: an answer, or the end of the connection, and never a defect. */
  @Test
  void shouldSurviveRequestsMadeAtRandom() throws Exception {
    String sound =
        post
            + "Connection: close\r\nContent-Type: application/json\r\nContent-Length: 22\r\n\r\n"
            + "{\"name\":\"v\",\"bytes\":1}";
    Random random = new Random(7480);
    for (int i = 0; i < 150; i++) {
      byte[] bytes = ascii(sound);
      for (int changes = 1 + random.nextInt(6); changes > 0; changes--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      // Ends it, whatever became of its length.
      byte[] ended = java.util.Arrays.copyOf(bytes, bytes.length + 4);
      System.arraycopy(ascii("\r\n\r\n"), 0, ended, bytes.length, 4);
      String answer = sayOnce(ended);
      assertThat(answer)
          .satisfiesAnyOf(
              a -> assertThat(a).isEmpty(), a -> assertThat(a).matches("(?s)HTTP/1.1 (2|4).. .*"));
    }
  }

  /** Does not wait for a server that waits for more: that is another test's. */
  private String sayOnce(byte[] bytes) throws Exception {
    try (SSLSocket socket = AdminClient.raw(fixture.address())) {
      socket.setSoTimeout(100);
      socket.getOutputStream().write(bytes);
      byte[] buffer = new byte[512];
      int n = socket.getInputStream().read(buffer);
      return n < 0 ? "" : new String(buffer, 0, n, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return "";
    }
  }
}
