package io.dsa.server;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * Everything that an operator decides, validated once. Immutable.
 *
 * @param name what the server calls itself towards clients
 * @param listen where the control plane listens; the address of an RDMA device
 * @param dataPort the port of the data plane on the same address
 * @param pools device URIs, each of which holds one pool
 * @param dmaToPersistence whether this machine brings what arrives by RDMA past its caches, so that
 *     a READ after the writes makes them durable; nothing can find that out by asking the hardware
 * @param limits the bounds on what clients may take
 * @param stateDirectory where the server keeps its users
 * @param admin the admin plane; empty for none
 */
public record ServerConfig(
    String name,
    InetSocketAddress listen,
    int dataPort,
    List<String> pools,
    boolean dmaToPersistence,
    Limits limits,
    Path stateDirectory,
    Optional<Admin> admin) {

  /** The port of the admin plane when none is named. */
  public static final int DEFAULT_ADMIN_PORT = 7480;

  /**
   * The admin plane.
   *
   * @param address where it listens
   * @param keystore the operator's own PKCS12 file; without one the server makes its own
   */
  public record Admin(InetSocketAddress address, Optional<Path> keystore) {
    /** For this machine alone. */
    public static final Admin DEFAULT =
        new Admin(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), DEFAULT_ADMIN_PORT),
            Optional.empty());

    public Admin {
      if (address.isUnresolved()) {
        throw new ServerException(
            ServerException.Category.CONFIGURATION,
            "admin: the host " + address.getHostString() + " is unknown");
      }
      requirePort("admin", address.getPort());
    }
  }

  /** Without an admin plane: for a server that is administered by its own process. */
  public ServerConfig(
      String name,
      InetSocketAddress listen,
      int dataPort,
      List<String> pools,
      boolean dmaToPersistence,
      Limits limits,
      Path stateDirectory) {
    this(name, listen, dataPort, pools, dmaToPersistence, limits, stateDirectory, Optional.empty());
  }

  private static final int MAX_NAME_BYTES = 255;

  /** Where the state is kept when no place is named. */
  public static final Path DEFAULT_STATE_DIRECTORY = Path.of("/var/lib/dsa");

  /** The control port when none is named. */
  public static final int DEFAULT_PORT = 7470;

  /**
   * Bounds, each with an error of its own when it is reached.
   *
   * @param sessions control connections at a time
   * @param queuesPerSession data queue pairs of one session
   * @param volumesPerSession volumes that one session holds open
   * @param leaseSeconds how long a session that says nothing is kept, with what it has open
   */
  public record Limits(
      int sessions, int queuesPerSession, int volumesPerSession, int leaseSeconds) {
    public static final Limits DEFAULT = new Limits(256, 16, 64, 15);

    public Limits {
      requirePositive("limits.sessions", sessions, 4096);
      requirePositive("limits.queues-per-session", queuesPerSession, 256);
      requirePositive("limits.volumes-per-session", volumesPerSession, 4096);
      requirePositive("limits.lease-seconds", leaseSeconds, 3600);
    }

    private static void requirePositive(String key, int value, int most) {
      if (value < 1 || value > most) {
        throw new ServerException(
            ServerException.Category.CONFIGURATION,
            key + " is " + value + ", but must be 1 to " + most);
      }
    }
  }

  public ServerConfig {
    if (name.getBytes(StandardCharsets.UTF_8).length > MAX_NAME_BYTES) {
      throw new ServerException(
          ServerException.Category.CONFIGURATION,
          "name: is longer than " + MAX_NAME_BYTES + " bytes in UTF-8");
    }
    if (listen.isUnresolved()) {
      throw new ServerException(
          ServerException.Category.CONFIGURATION,
          "listen: the host " + listen.getHostString() + " is unknown");
    }
    if (listen.getAddress().isAnyLocalAddress()) {
      throw new ServerException(
          ServerException.Category.CONFIGURATION,
          "listen: name the address of an RDMA device instead of " + listen.getHostString());
    }
    requirePort("listen", listen.getPort());
    requirePort("data-port", dataPort);
    if (dataPort == listen.getPort()) {
      throw new ServerException(
          ServerException.Category.CONFIGURATION,
          "data-port is " + dataPort + ", the control plane's own port; choose another");
    }
    if (pools.isEmpty()) {
      throw new ServerException(
          ServerException.Category.CONFIGURATION,
          "pools: name at least one device, for example devdax:/dev/dax0.0");
    }
    pools = List.copyOf(pools);
    if (pools.stream().distinct().count() != pools.size()) {
      throw new ServerException(
          ServerException.Category.CONFIGURATION,
          "pools: " + twice(pools) + " is named twice; leave one out");
    }
  }

  /** Where the data plane listens. */
  InetSocketAddress dataAddress() {
    return new InetSocketAddress(listen.getAddress(), dataPort);
  }

  /**
   * Refuses what a server that authenticates nobody must not do: listen where others than those of
   * a laboratory can reach it.
   */
  void requireLaboratory() {
    requireLaboratory("listen", listen.getAddress());
    admin.ifPresent(plane -> requireLaboratory("admin", plane.address().getAddress()));
  }

  private static void requireLaboratory(String key, InetAddress address) {
    if (!address.isLoopbackAddress()
        && !address.isLinkLocalAddress()
        && !address.isSiteLocalAddress()) {
      throw new ServerException(
          ServerException.Category.CONFIGURATION,
          key
              + ": "
              + address.getHostAddress()
              + " can be reached by the world, and --insecure lets everybody in; leave --insecure out,"
              + " or listen on a loopback, link-local or private address");
    }
  }

  private static String twice(List<String> uris) {
    return uris.stream()
        .filter(uri -> Collections.frequency(uris, uri) > 1)
        .findFirst()
        .orElseThrow();
  }

  private static void requirePort(String key, int port) {
    if (port < 1 || port > 65_535) {
      throw new ServerException(
          ServerException.Category.CONFIGURATION,
          key + ": the port " + port + " is not within 1 to 65535");
    }
  }
}
