package io.dsa.client.admin;

import io.dsa.client.Credentials;
import io.dsa.client.DsaException;
import io.dsa.protocol.ErrorCode;
import io.dsa.protocol.json.JsonException;
import io.dsa.protocol.json.JsonObject;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import javax.net.ssl.SSLException;

/** Requests and answers in JSON, and every failure as a {@link DsaException}. Thread-safe. */
final class AdminConnection implements AutoCloseable {
  private final AdminOptions options;
  private final HttpClient http;

  AdminConnection(AdminOptions options) {
    this.options = options;
    http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(options.timeout())
            .sslContext(PinnedTrust.context(options.server(), options.pin()))
            .executor(Runnable::run)
            .build();
  }

  JsonObject get(String path) {
    return call("GET", path, null, options.timeout());
  }

  JsonObject call(String method, String path, JsonObject body, Duration timeout) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(options.server() + path))
            .timeout(timeout)
            .method(
                method,
                body == null
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofByteArray(body.toUtf8()));
    if (body != null) {
      request.setHeader("Content-Type", "application/json");
    }
    options.credentials().ifPresent(known -> request.setHeader("Authorization", bearer(known)));
    HttpResponse<byte[]> response = send(request.build());
    return response.statusCode() / 100 == 2 ? success(response) : refused(response);
  }

  private static String bearer(Credentials known) {
    return "Bearer " + PathSegment.of(known.user()) + "." + known.secret().adminToken().toText();
  }

  private HttpResponse<byte[]> send(HttpRequest request) {
    try {
      return http.send(request, HttpResponse.BodyHandlers.ofByteArray());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DsaException(DsaException.Category.CLOSED, "interrupted", e);
    } catch (IOException e) {
      throw describe(e);
    }
  }

  private DsaException describe(IOException e) {
    URI server = options.server();
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof DsaException ours) {
        return ours;
      }
      if (cause instanceof UnresolvedAddressException) {
        return new DsaException(
            DsaException.Category.UNREACHABLE, server + ": unknown host; is the name right?", e);
      }
    }
    return switch (e) {
      case HttpConnectTimeoutException timeout ->
          new DsaException(
              DsaException.Category.UNREACHABLE,
              server + ": nothing answers within " + options.timeout().toSeconds() + " s",
              e);
      case HttpTimeoutException timeout ->
          new DsaException(
              DsaException.Category.TIMED_OUT,
              server + ": no answer in time; is the server still running?",
              e);
      case ConnectException refused ->
          new DsaException(
              DsaException.Category.REFUSED,
              server + ": connection refused; does 'dsa server' run there, with this 'admin'?",
              e);
      case SSLException tls ->
          new DsaException(
              DsaException.Category.REFUSED,
              server + ": no TLS 1.3 comes about: " + tls.getMessage() + "; is this a DSA server?",
              e);
      default ->
          new DsaException(
              DsaException.Category.DISCONNECTED,
              server + ": the connection was lost: " + e.getMessage(),
              e);
    };
  }

  private JsonObject success(HttpResponse<byte[]> response) {
    try {
      return response.body().length == 0 ? JsonObject.empty() : JsonObject.parse(response.body());
    } catch (JsonException e) {
      throw noDsa(e);
    }
  }

  /** What a problem says, which is the server's own line; never returns. */
  private JsonObject refused(HttpResponse<byte[]> response) {
    JsonObject problem;
    ErrorCode code;
    try {
      problem = JsonObject.parse(response.body());
      code = ErrorCode.ofName(problem.text("code"));
      String detail = problem.text("detail");
      throw new DsaException(DsaException.categoryOf(code), detail);
    } catch (JsonException e) {
      throw noDsa(e);
    }
  }

  private DsaException noDsa(JsonException e) {
    return new DsaException(
        DsaException.Category.REFUSED,
        options.server() + ": what answers is no DSA server's admin plane: " + e.getMessage(),
        e);
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
