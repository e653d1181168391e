package io.dsa.lab.cli;

import static io.dsa.lab.cli.DsaCommandAssert.assertThatCommand;
import static org.assertj.core.api.Assertions.assertThat;

import io.dsa.client.DsaClient;
import io.dsa.lab.LabDevice;
import io.dsa.sal.Device;
import io.dsa.sal.Devices;
import io.dsa.sal.Pool;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** A server for {@code dsa bench}, with a volume in one piece and one in many. */
final class BenchedServer implements AutoCloseable {
  static final String VOLUME = "benched";
  static final long BYTES = 4L << 20;
  static final int BLOCK = 4096;

  static final String SCATTERED = "scattered";
  static final long EXTENT = Pool.EXTENT_UNIT;

  /** A durable write of all of them takes a WRITE and a FLUSH each. */
  static final int EXTENTS = 34;

  private DsaServerProcess server;

  private BenchedServer(DsaServerProcess server) {
    this.server = server;
  }

  /** Serves a formatted pool with nothing in it. */
  static BenchedServer start(String pool) throws Exception {
    LabDevice.open();
    scatter(pool);
    BenchedServer benched = new BenchedServer(DsaServerProcess.start(pool));
    try {
      benched.server.admin().createVolume(VOLUME, BYTES, pool);
    } catch (RuntimeException e) {
      benched.close();
      throw e;
    }
    return benched;
  }

  /** A volume that grows each time that another one has taken what comes behind it. */
  private static void scatter(String uri) {
    try (Device device = Devices.open(uri);
        Pool pool = Pool.open(device)) {
      var scattered = pool.createVolume(SCATTERED, EXTENT);
      for (int extents = 2; extents <= EXTENTS; extents++) {
        pool.createVolume("between-" + extents, EXTENT);
        scattered = pool.resizeVolume(scattered, extents * EXTENT);
      }
      assertThat(scattered.extents()).hasSize(EXTENTS);
    }
  }

  void kill() {
    server.kill();
  }

  /** Another run on the same port, once this one was killed. */
  void startAgain() throws Exception {
    server = server.again();
  }

  String address() {
    return server.address();
  }

  DsaClient connect() {
    return server.connect();
  }

  String[] arguments(String volume, String options) {
    return Stream.concat(
            Stream.of("bench", volume, "--server", server.address(), "-o", "json"),
            Stream.of(options.split(" ")))
        .toArray(String[]::new);
  }

  DsaCommand bench(String options) throws Exception {
    return DsaCommand.inProcess(arguments(VOLUME, options));
  }

  JsonNode result(String options) throws Exception {
    return result(VOLUME, options);
  }

  JsonNode result(String volume, String options) throws Exception {
    DsaCommand run = DsaCommand.inProcess(arguments(volume, options));
    assertThatCommand(run).succeeded();
    return run.json();
  }

  /** That it measured this operation alone, so many times, and that the latencies go together. */
  static void assertMeasured(JsonNode result, String operation, long count) {
    assertThat(operations(result)).containsExactly(operation);
    assertThat(count(result)).isEqualTo(count);
    JsonNode latency = result.path("microseconds").path(0);
    assertThat(latency.path("min").doubleValue()).isPositive();
    assertThat(latency.path("median").doubleValue())
        .isBetween(latency.path("min").doubleValue(), latency.path("p99").doubleValue());
    assertThat(latency.path("max").doubleValue())
        .isGreaterThanOrEqualTo(latency.path("p9999").doubleValue());
  }

  private static List<String> operations(JsonNode result) {
    return result
        .path("microseconds")
        .valueStream()
        .map(m -> m.path("operation").stringValue())
        .toList();
  }

  static long count(JsonNode result) {
    return result
        .path("microseconds")
        .valueStream()
        .mapToLong(m -> m.path("count").longValue())
        .sum();
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
