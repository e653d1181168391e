package io.dsa.server.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.dsa.server.LoggedLines;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One address that connects as often as it can keeps nobody else out, and nobody for long. */
@Timeout(60)
final class AdminFloodTest {
  private static final InetAddress FLOODING = InetAddress.ofLiteral("127.0.0.1");
  private static final InetAddress ANOTHER = InetAddress.ofLiteral("127.0.0.2");

  private static final Pattern REFUSED = Pattern.compile("^Refused (\\d+) ");

  private static final AdminLimits USUAL = AdminLimits.DEFAULT;
  private static final AdminLimits HASTY =
      new AdminLimits(
          USUAL.connections(),
          USUAL.connectionsOfHost(),
          USUAL.requestBytes(),
          Duration.ofMillis(1500),
          Duration.ofSeconds(1),
          USUAL.workers(),
          USUAL.closeTime());

  @TempDir private Path directory;
  private final List<Socket> flood = new ArrayList<>();
  private PlaneFixture fixture;

  private void open(AdminLimits limits) {
    fixture = new PlaneFixture(directory, limits);
  }

  @AfterEach
  void close() throws IOException {
    for (Socket socket : flood) {
      socket.close();
    }
    fixture.close();
  }

  private Socket connect(InetAddress from) throws IOException {
    Socket socket = new Socket();
    socket.bind(new InetSocketAddress(from, 0));
    socket.connect(fixture.address());
    flood.add(socket);
    return socket;
  }

  /** Whether the server keeps it for now. */
  private static boolean isKept(Socket socket) throws IOException {
    socket.setSoTimeout(200);
    try {
      assertThat(socket.getInputStream().read()).isEqualTo(-1);
      return false;
    } catch (SocketTimeoutException waiting) {
      return true;
    } catch (IOException reset) {
      return false;
    }
  }

  private int status(InetAddress from) throws Exception {
    try (AdminClient admin =
        new AdminClient(fixture.address(), fixture.fake.bearer("admin"), from)) {
      return admin.get("/api/v1/pools").status();
    }
  }

  @Test
  void shouldAnswerAnotherAddressWhileOneHasAllThatItMay() throws Exception {
    open(USUAL);
    try (LoggedLines logged = new LoggedLines(AdminPlane.class)) {
      for (int i = 0; i < USUAL.connections(); i++) {
        connect(FLOODING);
      }

      assertThat(status(ANOTHER)).isEqualTo(200);

      int kept = 0;
      for (Socket socket : flood.subList(USUAL.connectionsOfHost(), flood.size())) {
        assertThat(isKept(socket)).isFalse();
      }
      for (Socket socket : flood.subList(0, USUAL.connectionsOfHost())) {
        kept += isKept(socket) ? 1 : 0;
      }
      assertThat(kept).isEqualTo(USUAL.connectionsOfHost());
      assertThat(logged.lines())
          .hasSizeBetween(1, 4)
          .allSatisfy(line ->
              assertThat(line).hasLineCount(1).contains(FLOODING.getHostAddress(), "16 of the 16"));
    }
  }

  @Test
  void shouldSayWhenItClosesHowManyItRefusedSinceItSaidSo() throws Exception {
    int refused = 5;
    open(USUAL);
    try (LoggedLines logged = new LoggedLines(AdminPlane.class)) {
      for (int i = 0; i < USUAL.connectionsOfHost(); i++) {
        connect(FLOODING);
      }
      for (int i = 0; i < refused; i++) {
        assertThat(isKept(connect(FLOODING))).isFalse();
      }

      fixture.plane.close();

      assertThat(logged.lines().stream().mapToInt(AdminFloodTest::refusals).sum())
          .isEqualTo(refused);
    }
  }

  private static int refusals(String line) {
    Matcher counted = REFUSED.matcher(line);
    return counted.find() ? Integer.parseInt(counted.group(1)) : 0;
  }

  @Test
  void shouldGiveThePlacesOfSilentConnectionsBack() throws Exception {
    open(HASTY);
    long start = System.nanoTime();
    for (int i = 0; i < HASTY.connectionsOfHost(); i++) {
      connect(FLOODING);
    }
    assertThat(isKept(connect(FLOODING))).isFalse();

    for (Socket socket : flood) {
      socket.setSoTimeout(10_000);
      assertThat(readOrReset(socket)).isEqualTo(-1);
    }

    // Closing TLS that never began takes a second at most.
    assertThat(Duration.ofNanos(System.nanoTime() - start))
        .isBetween(HASTY.requestTime().minusMillis(300), Duration.ofSeconds(5));
    assertThat(status(FLOODING)).isEqualTo(200);
  }

  private static int readOrReset(Socket socket) throws IOException {
    try {
      return socket.getInputStream().read();
    } catch (SocketTimeoutException e) {
      throw e;
    } catch (IOException reset) {
      return -1;
    }
  }

  /** Who takes his time for TLS has less left for the request. */
  @Test
  void shouldCountTlsIntoTheTimeForTheFirstRequest() throws Exception {
    open(HASTY);
    Socket plain = connect(FLOODING);
    long start = System.nanoTime();
    Thread.sleep(HASTY.requestTime().minusMillis(500));
    SSLSocket socket = AdminClient.over(plain, fixture.address());
    socket.setSoTimeout(10_000);
    socket.getOutputStream().write("GET ".getBytes(StandardCharsets.US_ASCII));

    assertThat(readOrReset(socket)).isEqualTo(-1);

    assertThat(Duration.ofNanos(System.nanoTime() - start))
        .isLessThan(HASTY.requestTime().plusMillis(700));
  }

  /** It may stay for as long again after each answer. */
  @Test
  void shouldKeepWhoAsksInTime() throws Exception {
    open(HASTY);
    byte[] get =
        ("GET /api/v1/volumes HTTP/1.1\r\nHost: x\r\nAuthorization: "
                + fixture.fake.bearer("admin")
                + "\r\n\r\n")
            .getBytes(StandardCharsets.US_ASCII);
    try (SSLSocket socket = AdminClient.raw(fixture.address())) {
      for (int i = 0; i < 4; i++) {
        Thread.sleep(HASTY.requestTime().dividedBy(2));
        socket.getOutputStream().write(get);
        StringBuilder answer = new StringBuilder();
        while (answer.indexOf("{\"volumes\":[]}") < 0) {
          int next = socket.getInputStream().read();
          assertThat(next).as("after %s", answer).isNotNegative();
          answer.append((char) next);
        }
      }
    }
  }
}
