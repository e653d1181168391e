package io.dsa.lab.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.dsa.client.DsaClient;
import io.dsa.lab.LabAccess;
import io.dsa.lab.LabDevice;
import io.dsa.lab.RdmaResources;
import io.dsa.server.DsaServer;
import io.dsa.server.ServerConfig;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;

/** A server in this process on volatile memory, with one volume; closing it looks for leaks. */
final class MemoryServer implements AutoCloseable {
  static final String VOLUME = "v";
  static final int VOLUME_BYTES = 8 << 20;

  private final RdmaResources before;
  private final InetSocketAddress address;
  private final DsaServer server;

  private MemoryServer(RdmaResources before, InetSocketAddress address, DsaServer server) {
    this.before = before;
    this.address = address;
    this.server = server;
  }

  static MemoryServer start(int port) {
    LabDevice.open();
    RdmaResources before = RdmaResources.now();
    InetSocketAddress address = new InetSocketAddress(LabDevice.HOST, port);
    MemoryServer started =
        new MemoryServer(
            before,
            address,
            DsaServer.start(
                new ServerConfig(
                    "queues",
                    address,
                    port + 1,
                    List.of("memory:64MiB"),
                    false,
                    ServerConfig.Limits.DEFAULT,
                    LabAccess.stateDirectory())));
    started.server.volumes().create(VOLUME, VOLUME_BYTES, "");
    return started;
  }

  DsaClient connect() {
    return DsaClient.connect(address, LabAccess.clientOptions());
  }

  @Override
  public void close() {
    server.close();
    try {
      assertThat(RdmaResources.within(Duration.ofSeconds(5), before)).isEqualTo(before);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
