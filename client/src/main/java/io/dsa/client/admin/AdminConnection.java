package io.dsa.client.admin;

import io.dsa.client.Credentials;
import io.dsa.client.DsaException;
import io.dsa.protocol.ErrorCode;
import io.dsa.protocol.json.JsonException;
import io.dsa.protocol.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/**
 * Requests and answers in JSON, each on a connection of its own, and every failure as a {@link
 * DsaException}. Thread-safe.
 *
 * <p>It speaks the little of HTTP/1.1 that it needs by itself: what {@code java.net.http} loads to
 * send one request takes a JVM that has just begun longer than all the rest of a command
 * (docs/performance.md).
 */
final class AdminConnection {
  /** The one that every server has; offering one alone saves making a key for another. */
  private static final String[] GROUPS = {"secp256r1"};

  private final AdminOptions options;
  private final SSLContext tls;

  AdminConnection(AdminOptions options) {
    this.options = options;
    tls = PinnedTrust.context(options.server(), options.pin());
  }

  JsonObject get(String path) {
    return call("GET", path, null, options.timeout());
  }

  /**
   * Asks, and waits for the answer.
   *
   * @param body null for none
   * @param timeout for all of it, once connected
   */
  JsonObject call(String method, String path, JsonObject body, Duration timeout) {
    URI server = options.server();
    HttpAnswer answer;
    try (Socket plain = connect()) {
      Deadline deadline = Deadline.after(timeout, plain);
      try (deadline;
          SSLSocket socket =
              (SSLSocket)
                  tls.getSocketFactory()
                      .createSocket(plain, server.getHost(), server.getPort(), true)) {
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setNamedGroups(GROUPS);
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        send(socket.getOutputStream(), method, path, body);
        answer = HttpAnswer.read(socket.getInputStream());
      } catch (IOException e) {
        throw deadline.isOver()
            ? new DsaException(
                DsaException.Category.TIMED_OUT,
                server
                    + ": no answer within "
                    + timeout.toSeconds()
                    + " s; is the server still running?",
                e)
            : describe(e);
      }
    } catch (IOException e) {
      throw describe(e);
    }
    return answer.isSuccess() ? success(answer) : refused(answer);
  }

  private Socket connect() throws IOException {
    URI server = options.server();
    String host = server.getHost();
    InetSocketAddress address =
        new InetSocketAddress(
            host.startsWith("[") ? host.substring(1, host.length() - 1) : host, server.getPort());
    if (address.isUnresolved()) {
      throw new DsaException(
          DsaException.Category.UNREACHABLE, server + ": unknown host; is the name right?");
    }
    Socket socket = new Socket();
    try {
      socket.setTcpNoDelay(true);
      socket.connect(address, Math.toIntExact(options.timeout().toMillis()));
      return socket;
    } catch (SocketTimeoutException | NoRouteToHostException e) {
      socket.close();
      throw new DsaException(
          DsaException.Category.UNREACHABLE,
          server + ": nothing answers there; is the host up, and the address right?",
          e);
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  private void send(OutputStream out, String method, String path, JsonObject body)
      throws IOException {
    byte[] content = body == null ? new byte[0] : body.toUtf8();
    StringBuilder head = new StringBuilder();
    head.append(method).append(' ').append(path).append(" HTTP/1.1\r\n");
    head.append("Host: ").append(options.server().getAuthority()).append("\r\n");
    head.append("Connection: close\r\n");
    if (options.credentials().isPresent()) {
      head.append("Authorization: ").append(bearer(options.credentials().get())).append("\r\n");
    }
    if (body != null) {
      head.append("Content-Type: application/json\r\n");
      head.append("Content-Length: ").append(content.length).append("\r\n");
    }
    head.append("\r\n");
    // In one piece, as one record.
    ByteArrayOutputStream request = new ByteArrayOutputStream();
    request.writeBytes(head.toString().getBytes(StandardCharsets.US_ASCII));
    request.writeBytes(content);
    request.writeTo(out);
    out.flush();
  }

  private static String bearer(Credentials known) {
    return "Bearer " + PathSegment.of(known.user()) + "." + known.secret().adminToken().toText();
  }

  private DsaException describe(IOException e) {
    URI server = options.server();
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof DsaException ours) {
        // The pin's, by way of TLS.
        return ours;
      }
    }
    return switch (e) {
      case ConnectException _ ->
          new DsaException(
              DsaException.Category.REFUSED,
              server + ": connection refused; does 'dsa server' run there, with this 'admin'?",
              e);
      case SSLException tlsFailure when !(tlsFailure.getCause() instanceof EOFException) ->
          new DsaException(
              DsaException.Category.REFUSED,
              server + ": no TLS 1.3 comes about: " + e.getMessage() + "; is this a DSA server?",
              e);
      default ->
          new DsaException(
              DsaException.Category.DISCONNECTED,
              server + ": the connection was lost: " + e.getMessage(),
              e);
    };
  }

  private JsonObject success(HttpAnswer answer) {
    try {
      return answer.body().length == 0 ? JsonObject.empty() : JsonObject.parse(answer.body());
    } catch (JsonException e) {
      throw noDsa(e.getMessage(), e);
    }
  }

  /** What a problem says, which is the server's own line; never returns. */
  private JsonObject refused(HttpAnswer answer) {
    try {
      JsonObject problem = JsonObject.parse(answer.body());
      ErrorCode code = ErrorCode.ofName(problem.text("code"));
      throw new DsaException(code, problem.text("detail"));
    } catch (JsonException e) {
      throw noDsa("status " + answer.status(), e);
    }
  }

  private DsaException noDsa(String what, Exception e) {
    return new DsaException(
        DsaException.Category.REFUSED,
        options.server() + ": what answers is no DSA server's admin plane: " + what,
        e);
  }
}
