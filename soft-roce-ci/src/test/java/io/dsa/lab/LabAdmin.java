package io.dsa.lab;

import io.dsa.client.Credentials;
import io.dsa.client.admin.AdminOptions;
import io.dsa.client.admin.DsaAdmin;
import io.dsa.client.admin.FingerprintPin;
import io.dsa.client.admin.KnownServers;
import io.dsa.server.ServerConfig;
import io.dsa.server.admin.AdminCertificate;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * How the tests administer the servers that they start: each has its admin plane {@value
 * #PORT_OFFSET} ports above its control plane, and all have one certificate, since making one takes
 * seconds in the lab. Thread-safe.
 */
public final class LabAdmin {
  static final String KEYSTORE = "admin.p12";

  private static final int PORT_OFFSET = 1000;

  /** The first handshake of an emulated server takes this long where another guest has a share. */
  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  private static volatile String fingerprint;

  private LabAdmin() {}

  static void makeKeystore(Path stateDirectory) {
    fingerprint =
        AdminCertificate.own(
                stateDirectory.resolve(KEYSTORE), new InetSocketAddress(LabDevice.HOST, 1))
            .fingerprint();
  }

  /** Where a server is administered that has its control plane here. */
  public static InetSocketAddress address(InetSocketAddress control) {
    return new InetSocketAddress(control.getAddress(), control.getPort() + PORT_OFFSET);
  }

  /** For the configuration of a server in the tests' process. */
  public static Optional<ServerConfig.Admin> plane(InetSocketAddress control) {
    return Optional.of(new ServerConfig.Admin(address(control), Optional.empty()));
  }

  /** For {@code --admin}; commands know the server then as one that they have seen. */
  public static String url(InetSocketAddress control) {
    String url = url(address(control).getPort());
    new KnownServers(knownServers(), _ -> {}).check(URI.create(url), fingerprint());
    return url;
  }

  private static String url(int port) {
    return "https://" + LabDevice.HOST + ":" + port;
  }

  private static Path knownServers() {
    String configuration = System.getenv("XDG_CONFIG_HOME");
    return (configuration == null
            ? Path.of(System.getProperty("user.home"), ".config")
            : Path.of(configuration))
        .resolve("dsa")
        .resolve("known-servers");
  }

  private static String fingerprint() {
    if (fingerprint == null) {
      LabAccess.credentialsFile();
    }
    return fingerprint;
  }

  /** The admin of the server that has its control plane here. */
  public static DsaAdmin of(InetSocketAddress control) {
    return DsaAdmin.of(
        AdminOptions.of(
                URI.create(url(address(control).getPort())), FingerprintPin.of(fingerprint()))
            .withTimeout(TIMEOUT)
            .withCredentials(Credentials.read(LabAccess.credentialsFile())));
  }
}
