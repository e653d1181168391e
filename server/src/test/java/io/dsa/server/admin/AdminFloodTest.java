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
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** One address that connects as often as it can keeps nobody else out, and nobody for long. */
@Timeout(60)
final class AdminFloodTest {
  private static final InetAddress FLOODING = InetAddress.ofLiteral("127.0.0.1");
  private static final InetAddress ANOTHER = InetAddress.ofLiteral("127.0.0.2");

  /** How long a refusal may take, which comes at once unless the machine stalls. */
  private static final Duration SOON = Duration.ofSeconds(1);

  private static final Pattern REFUSED = Pattern.compile("^Refused (\\d+) ");

  private static final AdminLimits USUAL = AdminLimits.DEFAULT;
  private static final AdminLimits HASTY = within(Duration.ofMillis(1500));

  /** So long that a machine which stalls for a second or two is no other case. */
  private static final AdminLimits PATIENT = within(Duration.ofSeconds(5));

  private static AdminLimits within(Duration requestTime) {
    return new AdminLimits(
        USUAL.connections(),
        USUAL.connectionsOfHost(),
        USUAL.requestBytes(),
        requestTime,
        Duration.ofSeconds(1),
        USUAL.workers(),
        USUAL.closeTime());
  }

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

  /** Whether the server keeps it for now; in less time than it has for a request. */
  private static boolean isKept(Socket socket, Duration watched) throws IOException {
    socket.setSoTimeout((int) watched.toMillis());
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
        assertThat(isKept(socket, SOON)).isFalse();
      }
      for (Socket socket : flood.subList(0, USUAL.connectionsOfHost())) {
        kept += isKept(socket, Duration.ofMillis(200)) ? 1 : 0;
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
        assertThat(isKept(connect(FLOODING), SOON)).isFalse();
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
    assertThat(isKept(connect(FLOODING), SOON)).isFalse();

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
  @Execution(ExecutionMode.CONCURRENT)
  void shouldCountTlsIntoTheTimeForTheFirstRequest() throws Exception {
    open(PATIENT);
    long connecting = System.nanoTime();
    Socket plain = connect(FLOODING);
    plain.setSoTimeout(20_000);
    Thread.sleep(PATIENT.requestTime().minusSeconds(1));

    long beginningTls = System.nanoTime();
    assertThat(isClosedDuringTlsOrAfter(plain)).isTrue();

    long closed = System.nanoTime();
    // Not for anything else than the time.
    assertThat(Duration.ofNanos(closed - connecting)).isGreaterThanOrEqualTo(PATIENT.requestTime());
    // What a time that begins anew with TLS would take at least.
    assertThat(Duration.ofNanos(closed - beginningTls)).isLessThan(PATIENT.requestTime());
  }

  /** Sends a part of a request over TLS, if it gets as far, and waits for the end. */
  private boolean isClosedDuringTlsOrAfter(Socket plain) throws IOException {
    SSLSocket socket;
    try {
      socket = AdminClient.over(plain, fixture.address());
      socket.getOutputStream().write("GET ".getBytes(StandardCharsets.US_ASCII));
    } catch (SocketTimeoutException e) {
      return false;
    } catch (IOException cutOff) {
      // On a slow machine the time is over by then.
      return true;
    }
    return readOrReset(socket) < 0;
  }

  /** It may stay for as long again after each answer. */
  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void shouldKeepWhoAsksInTime() throws Exception {
    open(PATIENT);
    byte[] get =
        ("GET /api/v1/volumes HTTP/1.1\r\nHost: x\r\nAuthorization: "
                + fixture.fake.bearer("admin")
                + "\r\n\r\n")
            .getBytes(StandardCharsets.US_ASCII);
    try (SSLSocket socket = AdminClient.raw(fixture.address())) {
      for (int i = 0; i < 3; i++) {
        Thread.sleep(PATIENT.requestTime().dividedBy(2));
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
