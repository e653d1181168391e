package io.dsa.lab.cli;

import static io.dsa.lab.cli.BenchedServer.BLOCK;
import static io.dsa.lab.cli.BenchedServer.BYTES;
import static io.dsa.lab.cli.BenchedServer.SCATTERED;
import static io.dsa.lab.cli.BenchedServer.VOLUME;
import static io.dsa.lab.cli.BenchedServer.assertMeasured;
import static io.dsa.lab.cli.BenchedServer.count;
import static io.dsa.lab.cli.DsaCommandAssert.assertThatCommand;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;

import io.dsa.client.DsaClient;
import io.dsa.client.IoStatus;
import io.dsa.client.Volume;
import io.dsa.lab.RdmaResources;
import io.dsa.protocol.OpenMode;
import java.time.Duration;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** {@code dsa bench} over real RDMA, and that --verify notices what is wrong. */
@Tag("lab")
@Timeout(180)
final class BenchTest {
  private static LabFile pool;
  private static BenchedServer server;

  @BeforeAll
  static void start() throws Exception {
    pool = LabFile.in("/dev/shm", 256L << 20);
    assertThatCommand(DsaCommand.inProcess("pool", "format", pool.uri())).succeeded();
    server = BenchedServer.start(pool.uri());
  }

  @AfterAll
  static void stop() throws Exception {
    try (LabFile _ = pool) {
      if (server != null) {
        server.close();
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "--mode read, read",
    "--mode write --overwrite, write",
    "--mode read --threads 2 --queues 2 --depth 8 --wait block, read",
    "--mode read --queues 2 --depth 1 --wait spin, read",
    "--mode read --depth 1024 --wait spin, read",
    "--mode read --depth 1024 --wait block, read",
  })
  void shouldMeasureJustAsManyAsAskedFor(String options, String operation) throws Exception {
    JsonNode result = server.result(options + " --ops 101 --warm-up 0");

    assertMeasured(result, operation, 101);
  }

  @ParameterizedTest
  @ValueSource(strings = {"spin", "block"})
  void shouldCountNothingOfTheWarmUp(String wait) throws Exception {
    JsonNode result = server.result("--depth 4 --ops 101 --warm-up 1 --wait " + wait);

    assertThat(count(result)).isEqualTo(101);
  }

  @Test
  void shouldEndWithItsTime() throws Exception {
    JsonNode result = server.result("--duration 1 --warm-up 0");

    assertThat(result.path("seconds").doubleValue()).isBetween(0.8, 1.5);
    assertThat(result.path("microseconds").path(0).path("iops").doubleValue())
        .isCloseTo(
            count(result) / result.path("seconds").doubleValue(), Percentage.withPercentage(1));
  }

  @ParameterizedTest
  @CsvSource({
    "--mode mixed --depth 16 --threads 2 --queues 2",
    // No block more than it needs.
    "--mode mixed --queues 2 --depth 31 --block 64KiB",
  })
  void shouldVerifyWhatItWrites(String options) throws Exception {
    JsonNode result = server.result(options + " --overwrite --verify --ops 300 --warm-up 0");

    assertThat(count(result)).isEqualTo(300);
    assertThat(result.path("verified").longValue()).isPositive();
  }

  @ParameterizedTest
  @CsvSource({
    "--mode mixed --depth 3 --queues 2 --wait spin --block 3MiB",
    "--mode mixed --depth 3 --queues 2 --wait block --block 3MiB",
  })
  void shouldVerifyBlocksOverSeveralExtents(String options) throws Exception {
    JsonNode result =
        server.result(SCATTERED, options + " --overwrite --verify --ops 20 --warm-up 0");

    assertThat(count(result)).isEqualTo(20);
    assertThat(result.path("verified").longValue()).isPositive();
  }

  @Test
  void shouldSayWhichBlockIsWrong() throws Exception {
    server.result("--mode write --order sequential --overwrite --verify --ops 1024 --warm-up 0");
    changeOneByte(77 * BLOCK + 100);

    assertThatCommand(server.bench("--order sequential --verify --ops 1024 --warm-up 0"))
        .failed(19, "offset " + 77 * BLOCK, "checksum");
  }

  private static void changeOneByte(long offset) {
    try (DsaClient client = server.connect();
        Volume volume = client.open(VOLUME, OpenMode.READ_WRITE);
        var buffer = client.allocate(8);
        var queue = volume.openQueue(1)) {
      assertThat(queue.read(offset, buffer, 0, 1, 1)).isEqualTo(IoStatus.OK);
      assertThat(queue.await((token, status) -> {}, Duration.ofSeconds(5))).isEqualTo(1);
      buffer.memory().set(JAVA_BYTE, 0, (byte) ~buffer.memory().get(JAVA_BYTE, 0));
      assertThat(queue.write(offset, buffer, 0, 1, 1)).isEqualTo(IoStatus.OK);
      assertThat(queue.await((token, status) -> {}, Duration.ofSeconds(5))).isEqualTo(1);
    }
  }

  @Test
  void shouldGoOnWhereTheServerIsRestarted() throws Exception {
    RdmaResources before = RdmaResources.now();
    DsaCommand.Running running =
        DsaCommand.start(
            server.arguments(
                VOLUME,
                "--mode mixed --overwrite --verify --depth 16 --threads 2 --warm-up 0 --ops 20000"
                    + " --reconnect 60"));
    awaitDataQueue(before);
    server.kill();
    server.startAgain();

    DsaCommand run = running.await();

    assertThatCommand(run).succeeded();
    assertThat(run.json().path("reconnects").intValue()).isEqualTo(1);
    assertThat(run.json().path("verified").longValue()).isPositive();
  }

  /**
   * Until the benchmark has its control connection and a data queue: each has a queue pair at both
   * ends, which are on this machine. The kernel tells nobody, so it is asked again.
   */
  private static void awaitDataQueue(RdmaResources before) throws Exception {
    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (queuePairs(RdmaResources.now()) < queuePairs(before) + 4) {
      assertThat(System.nanoTime()).isLessThan(deadline);
      Thread.sleep(100);
    }
  }

  private static int queuePairs(RdmaResources resources) {
    return resources.counts().get("qp");
  }

  @Test
  void shouldSayThatTheServerIsGoneWhereNobodyWaitsForIt() throws Exception {
    RdmaResources before = RdmaResources.now();
    DsaCommand.Running running = DsaCommand.start(server.arguments(VOLUME, "--duration 60"));
    awaitDataQueue(before);
    server.kill();
    long killed = System.nanoTime();

    DsaCommand run = running.await();
    Duration took = Duration.ofNanos(System.nanoTime() - killed);
    String address = server.address();
    server.startAgain();

    assertThat(run.status()).as("%s", run).isEqualTo(7);
    assertThat(run.err().lines()).as("%s", run).hasSize(1);
    // It may be in a call on the control connection still, or have requests in flight.
    assertThat(run.err()).startsWith("dsa: ").contains(address, "is the server still running?");
    assertThat(took).isLessThan(DsaCommand.ERROR_BOUND);
  }

  @Test
  void shouldRefuseDurableWritesToAVolatileVolume() throws Exception {
    try (DsaServerProcess other = DsaServerProcess.start("memory:16MiB")) {
      other.admin().createVolume("fleeting", BYTES);
      assertThatCommand(
              DsaCommand.inProcess(
                  "bench",
                  "fleeting",
                  "--mode",
                  "durable-write",
                  "--overwrite",
                  "--server",
                  other.address()))
          .failed(13, "fleeting", "volatile");
    }
  }

  @Test
  void shouldRefuseABlockThatIsLargerThanTheVolume() throws Exception {
    assertThatCommand(server.bench("--block 8MiB")).failed(12, VOLUME, Long.toString(BYTES));
  }

  @Test
  void shouldNameAVolumeThatIsUnknown() throws Exception {
    assertThatCommand(DsaCommand.inProcess(server.arguments("nope", "--ops 1"))).failed(8, "nope");
  }

  @Test
  void shouldSayThatSomebodyElseWrites() throws Exception {
    try (DsaClient client = server.connect();
        Volume held = client.open(VOLUME, OpenMode.READ_WRITE)) {
      assertThat(held.name()).isEqualTo(VOLUME);
      assertThatCommand(server.bench("--mode write --overwrite --ops 1")).failed(11, VOLUME);
    }
  }
}
