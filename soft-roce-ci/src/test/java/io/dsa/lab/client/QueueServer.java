package io.dsa.lab.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.dsa.client.DsaClient;
import io.dsa.client.admin.DsaAdmin;
import io.dsa.lab.LabAccess;
import io.dsa.lab.LabAdmin;
import io.dsa.lab.LabDevice;
import io.dsa.lab.RdmaResources;
import io.dsa.protocol.DurabilityMethod;
import io.dsa.server.DsaServer;
import io.dsa.server.ServerConfig;
import io.dsa.server.admin.Volumes;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A server in this process with few queues for each session, which can be stopped and started
 * again; closing it looks for leaks.
 */
final class QueueServer implements AutoCloseable {
  private static final ServerConfig.Limits LIMITS = new ServerConfig.Limits(8, 3, 2, 15);
  private static final AtomicInteger NAMES = new AtomicInteger();

  private final RdmaResources before;
  private final InetSocketAddress address;
  private final String pool;
  private final DsaAdmin admin;
  private DsaServer server;

  private QueueServer(int port, String pool) {
    LabDevice.open();
    before = RdmaResources.now();
    address = new InetSocketAddress(LabDevice.HOST, port);
    admin = LabAdmin.of(address);
    this.pool = pool;
  }

  static QueueServer start(int port, String pool) {
    QueueServer started = new QueueServer(port, pool);
    started.startAgain();
    return started;
  }

  /** To be called when it is stopped. */
  void startAgain() {
    server =
        DsaServer.start(
            new ServerConfig(
                "queues",
                address,
                address.getPort() + 1,
                List.of(pool),
                true,
                LIMITS,
                LabAccess.stateDirectory(),
                LabAdmin.plane(address)));
  }

  void stop() {
    server.close();
  }

  DsaClient connect() {
    return DsaClient.connect(address, LabAccess.clientOptions());
  }

  DsaClient connect(DurabilityMethod method) {
    return DsaClient.connect(address, LabAccess.clientOptions().withDurability(method));
  }

  DsaAdmin admin() {
    return admin;
  }

  /** The volumes without a way through HTTP. */
  Volumes volumes() {
    return server.volumes();
  }

  /** Creates a volume; returns its name. */
  String create(long bytes) {
    return admin.createVolume("volume-" + NAMES.incrementAndGet(), bytes).name();
  }

  /** Creates a volume that lies in several places; returns its name. */
  String createScattered(int extents, long extentBytes) {
    String name = create(extentBytes);
    for (int i = 2; i <= extents; i++) {
      // Behind what there is of it.
      create(extentBytes);
      admin.resizeVolume(name, i * extentBytes);
    }
    return name;
  }

  @Override
  public void close() {
    admin.close();
    server.close();
    try {
      assertThat(RdmaResources.within(Duration.ofSeconds(3), before)).isEqualTo(before);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
