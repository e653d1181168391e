package io.dsa.lab.attack;

import io.dsa.client.ClientOptions;
import io.dsa.client.Credentials;
import io.dsa.client.admin.AdminOptions;
import io.dsa.client.admin.DsaAdmin;
import io.dsa.client.admin.FingerprintPin;
import io.dsa.client.admin.UserQuotas;
import io.dsa.protocol.Secret;
import io.dsa.verbs.Access;
import io.dsa.verbs.CloseAll;
import io.dsa.verbs.ConnectionManager;
import io.dsa.verbs.MemoryRegion;
import io.dsa.verbs.ProtectionDomain;
import io.dsa.verbs.RdmaDevice;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/** The server under attack, and what the attacker has of its own. Thread-safe. */
final class AttackedServer implements AutoCloseable {
  /** What everything of the server and the lab has to be done in, slow as an emulation may be. */
  static final Duration SOON = Duration.ofSeconds(20);

  private static final int MEMORY = 1 << 16;

  private final InetSocketAddress control;
  private final boolean quick;
  private final DsaAdmin admin;
  private final RdmaDevice device;
  private final ProtectionDomain domain;
  private final ConnectionManager connections;
  private final MemoryRegion region;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("heartbeats").factory());

  private AttackedServer(InetSocketAddress control, boolean quick) {
    this.control = control;
    this.quick = quick;
    admin = adminFromEnvironment();
    device = RdmaDevice.toward(control, SOON);
    domain = device.allocateProtectionDomain();
    connections = ConnectionManager.start("attacker");
    MemorySegment memory = Arena.ofAuto().allocate(MEMORY, 4096);
    region = domain.register(memory.fill((byte) 'm'), Access.LOCAL_WRITE);
  }

  /**
   * Takes hold of this end's device; asks the server nothing yet.
   *
   * @param quick whether fewer tries will do
   */
  static AttackedServer of(InetSocketAddress control, boolean quick) {
    return new AttackedServer(control, quick);
  }

  static DsaAdmin adminFromEnvironment() {
    return DsaAdmin.of(
        AdminOptions.of(
                URI.create(System.getenv("DSA_ADMIN")),
                FingerprintPin.of(System.getenv("DSA_ADMIN_FINGERPRINT")))
            .withTimeout(SOON)
            .withCredentials(Credentials.read(Path.of(System.getenv("DSA_CREDENTIALS")))));
  }

  /** A new user with WRITE on one volume. */
  static Credentials writer(DsaAdmin admin, String user, String volume) {
    String secret = admin.addUser(user, false, UserQuotas.NONE).secret();
    admin.grant(user, volume, Set.of("write"));
    return new Credentials(user, Secret.parse(secret));
  }

  InetSocketAddress control() {
    return control;
  }

  InetSocketAddress data() {
    return new InetSocketAddress(control.getAddress(), control.getPort() + 1);
  }

  DsaAdmin admin() {
    return admin;
  }

  RdmaDevice device() {
    return device;
  }

  ProtectionDomain domain() {
    return domain;
  }

  ConnectionManager connections() {
    return connections;
  }

  /**
   * Memory to write from and read to, {@value #MEMORY} bytes; full of 'm' as long as nobody reads.
   */
  MemoryRegion region() {
    return region;
  }

  ScheduledExecutorService timer() {
    return timer;
  }

  static ClientOptions options(Credentials credentials) {
    return ClientOptions.defaults().withTimeout(SOON).withCredentials(credentials);
  }

  /** How often to try. */
  int times(int inFull, int inQuick) {
    return quick ? inQuick : inFull;
  }

  @Override
  public void close() {
    timer.shutdownNow();
    CloseAll.inOrder(connections, region, domain, device, admin);
  }
}
