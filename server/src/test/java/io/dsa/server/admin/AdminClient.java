package io.dsa.server.admin;

import io.dsa.protocol.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/** Requests of a user to an admin plane, whoever signed its certificate. */
final class AdminClient implements AutoCloseable {
  /** An answer. */
  record Answer(int status, String mediaType, HttpResponse<byte[]> raw) {
    JsonObject json() {
      return JsonObject.parse(raw.body());
    }

    String code() {
      return json().text("code");
    }

    String header(String name) {
      return raw.headers().firstValue(name).orElse("");
    }
  }

  private static final SSLContext TRUSTING = trusting();

  private final InetSocketAddress server;
  private final String authorization;
  private final HttpClient http;

  /** With what is sent as Authorization, or nothing where it is empty. */
  AdminClient(InetSocketAddress server, String authorization) {
    this(server, authorization, server.getAddress());
  }

  /**
   * From another address of this machine.
   *
   * @param from any of 127.0.0.0/8 on Linux
   */
  AdminClient(InetSocketAddress server, String authorization, InetAddress from) {
    this.server = server;
    this.authorization = authorization;
    http =
        HttpClient.newBuilder()
            .sslContext(TRUSTING)
            .version(HttpClient.Version.HTTP_1_1)
            .localAddress(from)
            .build();
  }

  Answer get(String path) throws Exception {
    return send("GET", path, null);
  }

  Answer send(String method, String path, String body) throws Exception {
    return send(method, path, body, "application/json");
  }

  Answer send(String method, String path, String body, String mediaType) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + server.getPort() + path))
            .timeout(Duration.ofSeconds(20))
            .method(
                method,
                body == null
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body));
    if (!authorization.isEmpty()) {
      request.header("Authorization", authorization);
    }
    if (body != null && !mediaType.isEmpty()) {
      request.header("Content-Type", mediaType);
    }
    HttpResponse<byte[]> response =
        http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    return new Answer(
        response.statusCode(), response.headers().firstValue("content-type").orElse(""), response);
  }

  /** Makes a volume of one page. */
  Answer create(String volume) throws Exception {
    return send(
        "POST",
        "/api/v1/volumes",
        new String(
            JsonObject.empty().with("name", volume).with("bytes", 4096).toUtf8(),
            StandardCharsets.UTF_8));
  }

  /** A connection on which anything can be said. */
  static SSLSocket raw(InetSocketAddress server) throws IOException {
    return raw(server, server.getAddress());
  }

  static SSLSocket raw(InetSocketAddress server, InetAddress from) throws IOException {
    SSLSocket socket = (SSLSocket) TRUSTING.getSocketFactory().createSocket();
    socket.bind(new InetSocketAddress(from, 0));
    socket.connect(server, 5000);
    socket.setSoTimeout(20_000);
    socket.startHandshake();
    return socket;
  }

  /** TLS over a connection that is there. */
  static SSLSocket over(java.net.Socket plain, InetSocketAddress server) throws IOException {
    SSLSocket socket =
        (SSLSocket)
            TRUSTING
                .getSocketFactory()
                .createSocket(plain, server.getHostString(), server.getPort(), true);
    socket.startHandshake();
    return socket;
  }

  /** Says something and reads until the server closes. */
  static String say(InetSocketAddress server, byte[] bytes) throws IOException {
    try (SSLSocket socket = raw(server)) {
      try {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
      } catch (IOException e) {
        // It had heard enough; what it says to that may still come.
      }
      StringBuilder answer = new StringBuilder();
      byte[] buffer = new byte[4096];
      try {
        for (int n = socket.getInputStream().read(buffer);
            n >= 0;
            n = socket.getInputStream().read(buffer)) {
          answer.append(new String(buffer, 0, n, StandardCharsets.ISO_8859_1));
        }
      } catch (java.net.SocketTimeoutException e) {
        throw e;
      } catch (IOException e) {
        // Reset: it is closed too.
      }
      return answer.toString();
    }
  }

  @Override
  public void close() {
    http.shutdownNow();
  }

  private static SSLContext trusting() {
    try {
      SSLContext context = SSLContext.getInstance("TLSv1.3");
      context.init(null, new TrustManager[] {new Trusting()}, new SecureRandom());
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static final class Trusting extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String kind) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String kind) {}

    @Override
    public void checkClientTrusted(
        X509Certificate[] chain, String kind, javax.net.ssl.SSLEngine engine) {}

    @Override
    public void checkServerTrusted(
        X509Certificate[] chain, String kind, javax.net.ssl.SSLEngine engine) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String kind, java.net.Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String kind, java.net.Socket socket) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
