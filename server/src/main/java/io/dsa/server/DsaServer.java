package io.dsa.server;

import io.dsa.protocol.InstanceId;
import io.dsa.protocol.MessageCodec;
import io.dsa.protocol.PoolInfo;
import io.dsa.sal.Device;
import io.dsa.sal.Devices;
import io.dsa.sal.FormatOptions;
import io.dsa.sal.Pool;
import io.dsa.sal.StorageException;
import io.dsa.server.access.Access;
import io.dsa.server.access.AccessException;
import io.dsa.server.access.Handover;
import io.dsa.server.access.OpenToAll;
import io.dsa.server.access.StateDirectory;
import io.dsa.server.access.Users;
import io.dsa.server.admin.AdminCertificate;
import io.dsa.server.admin.AdminException;
import io.dsa.server.admin.AdminPlane;
import io.dsa.server.admin.Administration;
import io.dsa.server.admin.Pools;
import io.dsa.server.admin.Sessions;
import io.dsa.server.admin.Volumes;
import io.dsa.verbs.CloseAll;
import io.dsa.verbs.Errno;
import io.dsa.verbs.ProtectionDomain;
import io.dsa.verbs.RdmaDevice;
import io.dsa.verbs.VerbsException;
import io.dsa.verbs.darpc.RpcException;
import io.dsa.verbs.darpc.RpcLimits;
import io.dsa.verbs.darpc.RpcServer;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running server: pools, their memory at the RDMA device, a port for control and one for data.
 * Thread-safe.
 */
public final class DsaServer implements AutoCloseable {
  private static final String PORT_ADVICE =
      "; stop what uses the port, or name another in the configuration's ";
  private static final String ADDRESS_ADVICE =
      "; 'rdma link' shows the devices and 'ip address' the addresses";

  private static final Logger LOG = LoggerFactory.getLogger(DsaServer.class);
  private static final Duration DRAIN_TIME = Duration.ofSeconds(10);
  private static final int LEAST_STRANGERS = 8;

  /** What was opened, the last first: the order in which to close. */
  private final Deque<AutoCloseable> opened = new ArrayDeque<>();

  private final ServerConfig config;
  private final InstanceId instanceId = InstanceId.random();
  private final CompletableFuture<ServerException> failure = new CompletableFuture<>();
  private Access access;
  private VolumeCatalog catalog;
  private VolumeChanges volumes;

  /** Null where everybody is let in. */
  private StateDirectory state;

  /** What goes from run to run; null where no state is kept, and then nothing does. */
  private Handover handover;

  /** Null until clients can be served. */
  private ControlService service;

  /** Null without one. */
  private FutureTask<AdminPlane> adminPreparation;

  /** Null without one. */
  private AdminPlane admin;

  private DsaServer(ServerConfig config) {
    this.config = config;
  }

  /**
   * Opens everything; when this returns, clients are served, who prove who they are.
   *
   * @throws ServerException in one line, naming the thing and what to do; nothing stays open
   */
  public static DsaServer start(ServerConfig config) {
    return start(config, _ -> {});
  }

  /**
   * As {@link #start(ServerConfig)}.
   *
   * @param onFirstStart told where the credentials of the first admin are, once they are written,
   *     whether or not the rest of the start succeeds
   */
  public static DsaServer start(ServerConfig config, Consumer<Path> onFirstStart) {
    DsaServer server = new DsaServer(config);
    return server.openOrClose(() -> server.openUsers(onFirstStart));
  }

  /**
   * As {@link #start(ServerConfig)}, but lets everybody do everything, and keeps no state. For
   * laboratories: refused unless the address is a loopback, link-local or private one.
   */
  public static DsaServer startInsecure(ServerConfig config) {
    config.requireLaboratory();
    DsaServer server = new DsaServer(config);
    return server.openOrClose(OpenToAll::new);
  }

  private DsaServer openOrClose(Supplier<Access> admission) {
    try {
      access = admission.get();
      opened.push(access);
      open();
      return this;
    } catch (RuntimeException | Error e) {
      // An error is a native library that is missing; the state directory is free for all that.
      try {
        close();
      } catch (RuntimeException suppressed) {
        e.addSuppressed(suppressed);
      }
      throw e;
    }
  }

  private Users openUsers(Consumer<Path> onFirstStart) {
    try {
      state = StateDirectory.open(config.stateDirectory());
      opened.push(state);
      opened.push(this::leaveHandover);
      Users users = Users.open(state, InstantSource.system());
      if (users.isFirstStart()) {
        onFirstStart.accept(state.adminCredentials());
      }
      return users;
    } catch (AccessException e) {
      throw new ServerException(ServerException.Category.CONFIGURATION, e.getMessage(), e);
    }
  }

  private void open() {
    config.admin().ifPresent(this::prepareAdmin);
    InetSocketAddress listen = config.listen();
    RdmaDevice device = rdma(listen, () -> RdmaDevice.at(listen.getAddress()));
    opened.push(device);
    ProtectionDomain domain = rdma(listen, device::allocateProtectionDomain);
    opened.push(domain);
    List<ServedPool> pools = new ArrayList<>();
    for (String uri : config.pools()) {
      ServedPool pool = openPool(uri, device, domain);
      opened.push(pool);
      pools.add(pool);
    }
    catalog = new VolumeCatalog(pools);
    InetSocketAddress dataAddress = config.dataAddress();
    DataPlane dataPlane =
        rdma(dataAddress, () -> DataPlane.listen(device, domain, dataAddress, this::cannotGoOn));
    opened.push(dataPlane);
    RpcLimits limits =
        new RpcLimits(
            MessageCodec.MAX_MESSAGE_BYTES,
            RpcLimits.defaults().pipelineDepth(),
            config.limits().sessions(),
            strangersPerHost(config.limits().sessions()));
    Leases leases = new Leases();
    opened.push(leases);
    VolumeUsers volumeUsers = new VolumeUsers();
    handover = state == null ? null : takeHandover();
    service =
        new ControlService(
            config,
            limits,
            instanceId,
            handover == null ? List.of() : handover.continued(),
            version(),
            access,
            leases,
            catalog,
            volumeUsers,
            dataPlane,
            this::cannotGoOn);
    volumes = new VolumeChanges(catalog, volumeUsers, access, service::takeFromAll);
    try {
      opened.push(RpcServer.listen(listen, limits, service));
    } catch (RpcException e) {
      service = null;
      String advice =
          switch (e.reason()) {
            case ADDRESS_IN_USE -> PORT_ADVICE + "listen";
            case NO_DEVICE -> ADDRESS_ADVICE;
            default -> "";
          };
      throw new ServerException(ServerException.Category.NETWORK, e.getMessage() + advice, e);
    }
    config.admin().ifPresent(plane -> openAdmin(plane, service));
  }

  /**
   * How many connections of one host may stand that have not proven who they are: enough for every
   * client of a host to begin at the same moment, and few enough to leave places for other hosts.
   */
  static int strangersPerHost(int sessions) {
    return Math.min(sessions, Math.max(LEAST_STRANGERS, sessions / 4));
  }

  private Handover takeHandover() {
    try {
      return Handover.take(state);
    } catch (AccessException e) {
      throw new ServerException(ServerException.Category.CONFIGURATION, e.getMessage(), e);
    }
  }

  /** After everything that serves is closed. */
  private void leaveHandover() {
    if (handover == null) {
      return;
    }
    if (service == null) {
      handover.putBack();
    } else if (service.isLeft()) {
      handover.leave(instanceId);
    }
  }

  /** Beside what else there is to open: TLS takes its time. */
  private void prepareAdmin(ServerConfig.Admin plane) {
    FutureTask<AdminPlane> preparation =
        new FutureTask<>(() -> AdminPlane.prepare(certificate(plane)));
    adminPreparation = preparation;
    opened.push(() -> closeIfPrepared(preparation));
    Thread.ofPlatform().daemon().name("dsa-admin-start").start(preparation);
  }

  private void openAdmin(ServerConfig.Admin plane, Sessions sessions) {
    admin = prepared(adminPreparation);
    // Before all else that was opened until now is closed.
    opened.push(admin);
    try {
      admin.open(plane.address(), new Administration(users(), this::listing, volumes, sessions));
    } catch (AdminException e) {
      throw describe(e);
    }
  }

  private static void closeIfPrepared(FutureTask<AdminPlane> preparation) {
    AdminPlane plane;
    try {
      plane = prepared(preparation);
    } catch (ServerException e) {
      // Whoever wanted it has heard so, or the server fails for another reason.
      return;
    }
    plane.close();
  }

  private static AdminPlane prepared(FutureTask<AdminPlane> preparation) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return preparation.get();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } catch (ExecutionException e) {
      throw e.getCause() instanceof AdminException known
          ? describe(known)
          : new IllegalStateException(e.getCause());
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static ServerException describe(AdminException e) {
    return new ServerException(
        switch (e.category()) {
          case KEYSTORE -> ServerException.Category.CONFIGURATION;
          case ADDRESS -> ServerException.Category.NETWORK;
        },
        e.getMessage(),
        e);
  }

  private AdminCertificate certificate(ServerConfig.Admin plane) {
    if (plane.keystore().isPresent()) {
      return AdminCertificate.read(
          plane.keystore().get(),
          System.getenv().getOrDefault(AdminCertificate.PASSWORD_VARIABLE, ""));
    }
    return state == null
        ? AdminCertificate.passing(plane.address())
        : AdminCertificate.own(state.adminKeystore(), plane.address());
  }

  private Pools.Listing listing() {
    InetSocketAddress listen = config.listen();
    return new Pools.Listing(
        config.name(),
        listen.getHostString() + ":" + listen.getPort(),
        instanceId(),
        catalog.pools());
  }

  private void cannotGoOn(Exception why) {
    failure.complete(
        new ServerException(
            ServerException.Category.NETWORK,
            why.getMessage() + "; start the server again when 'rdma link' shows the device",
            why));
  }

  private interface Opening<T> {
    T run();
  }

  private static <T> T rdma(InetSocketAddress address, Opening<T> opening) {
    try {
      return opening.run();
    } catch (VerbsException e) {
      String advice =
          switch (e.errno()) {
            case Errno.EADDRINUSE -> PORT_ADVICE + "data-port";
            case Errno.EADDRNOTAVAIL, Errno.ENODEV -> ADDRESS_ADVICE;
            default -> "";
          };
      throw new ServerException(
          ServerException.Category.NETWORK,
          address.getHostString() + ":" + address.getPort() + ": " + e.getMessage() + advice,
          e);
    }
  }

  private ServedPool openPool(String uri, RdmaDevice rdma, ProtectionDomain domain) {
    Device device = null;
    try {
      device = Devices.open(uri);
      RdmaReach reach = RdmaReach.of(device, rdma, domain, config.dmaToPersistence());
      if (!reach.isServed()) {
        throw new ServerException(
            ServerException.Category.UNSUPPORTED,
            "pool " + uri + ": RDMA device " + rdma + " cannot serve it: " + reach.refusal());
      }
      if (device.isTransient()) {
        // Nothing of an earlier run can be on it.
        Pool.format(device, FormatOptions.careful());
      }
      return new ServedPool(device, Pool.open(device), reach);
    } catch (ServerException e) {
      closeQuietly(device, e);
      throw e;
    } catch (StorageException e) {
      closeQuietly(device, e);
      throw new ServerException(
          ServerException.Category.STORAGE,
          "pool " + (e.getMessage().contains(uri) ? "" : uri + ": ") + e.getMessage(),
          e);
    } catch (VerbsException e) {
      closeQuietly(device, e);
      throw new ServerException(
          ServerException.Category.STORAGE,
          "pool " + uri + ": RDMA device " + rdma + " cannot serve it: " + e.getMessage(),
          e);
    }
  }

  private static void closeQuietly(Device device, RuntimeException reason) {
    if (device != null) {
      try {
        device.close();
      } catch (RuntimeException e) {
        reason.addSuppressed(e);
      }
    }
  }

  private static String version() {
    String version = DsaServer.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }

  /** Where the control plane listens. */
  public InetSocketAddress address() {
    return config.listen();
  }

  /** Names this run of the server. */
  public String instanceId() {
    return instanceId.toString();
  }

  /** Who uses the server; empty where everybody is let in. */
  public Optional<Users> users() {
    return access instanceof Users users ? Optional.of(users) : Optional.empty();
  }

  /** The volumes, for the process that the server runs in; asks nobody who he is. */
  public Volumes volumes() {
    return volumes;
  }

  /** The sessions that users have, for the process that the server runs in. */
  public List<Sessions.Description> sessions() {
    return service.sessions();
  }

  /** Where the admin plane listens; empty without one. */
  public Optional<InetSocketAddress> adminAddress() {
    return Optional.ofNullable(admin).map(AdminPlane::address);
  }

  /** SHA-256 of the admin plane's certificate, 64 hexadecimal digits; empty without one. */
  public Optional<String> adminFingerprint() {
    return Optional.ofNullable(admin).map(AdminPlane::fingerprint);
  }

  /** The pools that are served, as they are now. */
  public List<PoolInfo> pools() {
    return catalog.pools();
  }

  /**
   * Waits until the server cannot go on, as when its RDMA device is removed; it is still to be
   * closed then.
   *
   * @return why, in one line
   */
  public ServerException awaitFailure() throws InterruptedException {
    try {
      return failure.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Begins nothing new, lets what is under way end within ten seconds, ends every session, then
   * releases everything. Clients whose volumes are durable go on with the next run of the server on
   * this machine, and miss nothing. Idempotent.
   */
  @Override
  public synchronized void close() {
    if (service != null && !service.drain(DRAIN_TIME)) {
      LOG.warn(
          "Requests are under way for more than {} s, and are broken off", DRAIN_TIME.toSeconds());
    }
    List<AutoCloseable> steps = new ArrayList<>(opened);
    opened.clear();
    CloseAll.of(steps);
  }
}
