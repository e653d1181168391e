package io.dsa.lab.crash;

import io.dsa.client.ClientOptions;
import io.dsa.client.DsaClient;
import io.dsa.lab.LabAccess;
import io.dsa.lab.LabAdmin;
import io.dsa.lab.LabDevice;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** A {@code dsa server} in a process of its own, to be killed. */
final class ServerProcess implements AutoCloseable {
  private static final Duration START = Duration.ofMinutes(2);
  private static final Duration CLIENT_TIMEOUT = Duration.ofSeconds(20);
  static final InetSocketAddress ADDRESS = new InetSocketAddress(LabDevice.HOST, 7490);

  private final Process process;

  private ServerProcess(Process process) {
    this.process = process;
  }

  /** Starts one on a pool; returns when clients can connect. */
  static ServerProcess start(String pool, Path directory) throws Exception {
    Path config = directory.resolve("server.yaml");
    // The emulated NVDIMM has no caches in front of it.
    Files.writeString(
        config,
        "listen: %s:%d\nadmin: %s:%d\ndma-to-persistence: true\nstate-directory: %s\npools:\n  - %s\n"
            .formatted(
                LabDevice.HOST,
                ADDRESS.getPort(),
                LabDevice.HOST,
                LabAdmin.address(ADDRESS).getPort(),
                LabAccess.stateDirectory(),
                pool));
    Path out = directory.resolve("server.out");
    Path log = directory.resolve("server.log");
    Process process =
        new ProcessBuilder("dsa", "server", "--config", config.toString())
            .redirectOutput(out.toFile())
            .redirectError(log.toFile())
            .start();
    ServerProcess server = new ServerProcess(process);
    long deadline = System.nanoTime() + START.toNanos();
    while (Files.readString(out).lines().noneMatch(line -> line.startsWith("listening on "))) {
      if (!process.isAlive() || System.nanoTime() > deadline) {
        server.kill();
        throw new IOException(
            "the server did not come up: " + Files.readString(out) + Files.readString(log));
      }
      Thread.sleep(20);
    }
    return server;
  }

  /** Connects a client to whatever server runs now. */
  static DsaClient connect(ClientOptions options) {
    return DsaClient.connect(ADDRESS, options.withTimeout(CLIENT_TIMEOUT));
  }

  /** As {@code kill -9} does; returns when the process is gone. */
  void kill() {
    process.destroyForcibly().onExit().join();
  }

  @Override
  public void close() {
    kill();
  }
}
