package io.dsa.lab.cli;

import static io.dsa.lab.cli.BenchedServer.BLOCK;
import static io.dsa.lab.cli.BenchedServer.BYTES;
import static io.dsa.lab.cli.BenchedServer.EXTENT;
import static io.dsa.lab.cli.BenchedServer.EXTENTS;
import static io.dsa.lab.cli.BenchedServer.SCATTERED;
import static io.dsa.lab.cli.BenchedServer.assertMeasured;
import static io.dsa.lab.cli.BenchedServer.count;
import static org.assertj.core.api.Assertions.assertThat;

import io.dsa.lab.LabDevice;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Durable writes of {@code dsa bench}, to persistent memory. */
@Tag("lab")
@Tag("machine")
@Timeout(180)
final class DurableBenchTest {
  private static BenchedServer server;

  @BeforeAll
  static void start() throws Exception {
    LabDevice.format("bench");
    server = BenchedServer.start(LabDevice.dax());
  }

  @AfterAll
  static void stop() throws Exception {
    if (server != null) {
      server.close();
      LabDevice.wipe();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"durable-write", "durable-append"})
  void shouldMeasureJustAsManyAsAskedFor(String mode) throws Exception {
    JsonNode result = server.result("--mode " + mode + " --overwrite --ops 101 --warm-up 0");

    assertMeasured(result, "durable write", 101);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--mode durable-append --depth 4 --block 512",
        "--mode mixed --depth 16 --queues 2"
      })
  void shouldVerifyWhatItWrites(String options) throws Exception {
    JsonNode result = server.result(options + " --overwrite --verify --ops 300 --warm-up 0");

    assertThat(count(result)).isEqualTo(300);
    assertThat(result.path("verified").longValue()).isPositive();
  }

  @ParameterizedTest
  @ValueSource(strings = {"--depth 1 --wait spin", "--depth 2 --wait block"})
  void shouldVerifyBlocksOverSeveralExtents(String options) throws Exception {
    JsonNode result =
        server.result(
            SCATTERED,
            options
                + " --mode durable-write --block 5MiB --overwrite --verify --ops 20 --warm-up 0");

    assertThat(count(result)).isEqualTo(20);
    assertThat(result.path("verified").longValue()).isPositive();
  }

  @Test
  void shouldMoveABlockThatTakesMoreWorkRequestsThanAQueueHasAtLeast() throws Exception {
    JsonNode result =
        server.result(
            SCATTERED,
            "--mode durable-write --overwrite --ops 3 --warm-up 0 --block " + EXTENTS * EXTENT);

    assertThat(count(result)).isEqualTo(3);
  }

  @Test
  void shouldFindEverythingAgainAfterTheServerWasKilled() throws Exception {
    server.result(
        "--mode durable-write --order sequential --overwrite --verify --ops 1024 --warm-up 0");
    server.kill();
    server.startAgain();

    JsonNode result = server.result("--order sequential --verify --ops 1024 --warm-up 0");

    assertThat(result.path("verified").longValue()).isEqualTo(1024);
    assertThat(BYTES / BLOCK).isEqualTo(1024);
  }
}
