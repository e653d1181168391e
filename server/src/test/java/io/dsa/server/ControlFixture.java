package io.dsa.server;

import io.dsa.protocol.InstanceId;
import io.dsa.server.access.Access;
import io.dsa.server.access.Users;
import io.dsa.verbs.darpc.RpcLimits;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;

/** A control service with users of a test's own, that nobody reaches by RDMA. */
final class ControlFixture implements AutoCloseable {
  private final Path directory;
  private final ServerConfig.Limits limits;
  private final VolumeCatalog catalog;
  private final AccessFixture access;
  private final Leases leases = new Leases();
  final VolumeUsers volumeUsers = new VolumeUsers();
  final Users users;
  final ControlService service;

  /** Without pools. */
  ControlFixture(Path directory) {
    this(directory, ServerConfig.Limits.DEFAULT, List.of());
  }

  /**
   * Makes it.
   *
   * @param pools stay the test's, which closes them after this
   */
  ControlFixture(Path directory, ServerConfig.Limits limits, List<ServedPool> pools) {
    this.directory = directory;
    this.limits = limits;
    catalog = new VolumeCatalog(pools);
    access = new AccessFixture(directory);
    users = access.users;
    service = serve(users);
  }

  /** Another service, for whom this lets in. */
  ControlService serve(Access whom) {
    ServerConfig config =
        new ServerConfig(
            "test",
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 7470),
            7471,
            List.of("memory:4MiB"),
            false,
            limits,
            directory);
    return new ControlService(
        config,
        RpcLimits.defaults(),
        InstanceId.random(),
        List.of(),
        "1",
        whom,
        leases,
        catalog,
        volumeUsers,
        null,
        _ -> {});
  }

  @Override
  public void close() {
    leases.close();
    access.close();
  }
}
