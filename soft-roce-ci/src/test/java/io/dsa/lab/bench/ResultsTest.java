package io.dsa.lab.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class ResultsTest {
  private static Measurement read(int round, String peer, int depth, double iops, double median) {
    return new Measurement(round, peer, "read", 4096, depth, iops, median, median * 2, median * 3);
  }

  /** A second round in which all is half as fast must change no ratio. */
  private final Measurements measurements =
      new Measurements(
          List.of(
              read(1, "dsa", 1, 10_000, 60),
              read(1, "perftest", 1, 10_000, 50),
              read(2, "perftest", 1, 5_000, 100),
              read(2, "dsa", 1, 5_000, 120),
              read(1, "nvmeof", 1, 1_000, 480),
              read(1, "dsa", 32, 30_000, 900),
              read(1, "perftest", 32, 20_000, 1_000)));

  private static JsonNode json(Measurements of) {
    return new JsonMapper().readTree(new Results(of).json("7.3"));
  }

  @Test
  void shouldHoldPeersAgainstEachOtherWithinARound() {
    JsonNode ratios = json(measurements).path("ratios");

    assertThat(ratios.path("read4k_qd1_latency_vs_perftest").doubleValue())
        .isCloseTo(1.2, within(1e-9));
    assertThat(ratios.path("read4k_qd1_mean_vs_perftest").doubleValue())
        .isCloseTo(1.2, within(1e-9));
    assertThat(ratios.path("read4k_qd32_iops_vs_perftest").doubleValue())
        .isCloseTo(1.5, within(1e-9));
    assertThat(ratios.path("read4k_qd1_latency_vs_nvmeof").doubleValue())
        .isCloseTo(8, within(1e-9));
  }

  @Test
  void shouldNameEveryRatioAndSayWhereOneWasNotMeasured() {
    JsonNode ratios = json(measurements).path("ratios");

    assertThat(ratios.propertyNames())
        .containsExactly(
            "read4k_qd1_latency_vs_perftest",
            "read4k_qd1_mean_vs_perftest",
            "read4k_qd1_p99_vs_perftest",
            "read4k_qd32_iops_vs_perftest",
            "write4k_qd32_iops_vs_perftest",
            "read1m_bandwidth_vs_perftest",
            "durable4k_qd1_latency_vs_floor",
            "read4k_qd1_latency_vs_nvmeof",
            "read4k_qd32_iops_vs_nvmeof");
    assertThat(ratios.path("write4k_qd32_iops_vs_perftest").isNull()).isTrue();
  }

  @Test
  void shouldSayWhichBoundIsMissed() {
    assertThat(new Results(measurements).lines())
        .anyMatch(line -> line.matches("read4k_qd1_latency_vs_perftest .*<= 1.08 +MISSED"))
        .anyMatch(line -> line.matches("read4k_qd32_iops_vs_perftest .*>= 0.95 +met"))
        .anyMatch(line -> line.matches("durable4k_qd1_latency_vs_floor +not measured.*"));
  }

  @Test
  void shouldTakeTheMiddleOfTwoRounds() {
    assertThat(measurements.of("dsa", new Case("read", 4096, 1), Measurement.Figure.MEDIAN))
        .contains(new Spread(90, 60, 120));
  }

  @Test
  void shouldDrawEachPeerInItsPlace() {
    String svg = new Chart(measurements, "read", 4096).svg();

    assertThat(svg).contains(">DSA<", ">perftest<", ">NVMe-oF (kernel)<").doesNotContain("NaN");
    assertThat(Stream.of(svg.split("<circle")).count() - 1).isEqualTo(5);
  }

  @Test
  void shouldRefuseToDrawNothing() {
    assertThatThrownBy(() -> new Chart(measurements, "write", 4096))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void shouldReadWhatThePeersWrite(@TempDir Path directory) throws IOException {
    Path file =
        Files.writeString(
            directory.resolve("m"),
            "{\"round\":1,\"peer\":\"perftest\",\"operation\":\"read\",\"block\":4096,\"depth\":32,"
                + "\"iops\":16200,\"median\":null,\"mean\":null,\"p99\":null}\n");

    Measurement read = Measurements.read(file).all().getFirst();

    assertThat(read.iops()).isEqualTo(16_200);
    assertThat(read.get(Measurement.Figure.MEDIAN)).isEmpty();
  }

  @Test
  void shouldNameALineThatIsNoMeasurement(@TempDir Path directory) throws IOException {
    Path file = Files.writeString(directory.resolve("m"), "{}\nnonsense\n");

    assertThatThrownBy(() -> Measurements.read(file))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(file + ", line ");
  }

  @Test
  void shouldRefuseAnEmptyFile(@TempDir Path directory) throws IOException {
    Path file = Files.writeString(directory.resolve("m"), "");

    assertThatThrownBy(() -> Measurements.read(file)).hasMessageContaining("no measurements");
  }
}
