package io.dsa.lab.bench;

import java.util.List;
import java.util.Optional;

/**
 * A ratio that DSA is judged by, and its bound.
 *
 * @param name in results.json
 * @param upper the peer whose figure is divided by that of {@code lower}
 * @param bound what the ratio must reach
 * @param isUpperBound whether it must not be greater than the bound, or not be less
 */
record Ratio(
    String name,
    String upper,
    String lower,
    Case what,
    Measurement.Figure figure,
    double bound,
    boolean isUpperBound) {
  private static final int KIB4 = 4 << 10;
  private static final Case READ_1 = new Case("read", KIB4, 1);
  private static final Case READ_32 = new Case("read", KIB4, 32);
  private static final Case WRITE_32 = new Case("write", KIB4, 32);
  private static final Case READ_1M = new Case("read", 1 << 20, 16);
  private static final Case DURABLE_1 = new Case("durable-write", KIB4, 1);

  static final List<Ratio> ALL =
      List.of(
          atMost(
              "read4k_qd1_latency_vs_perftest",
              "dsa",
              "perftest",
              READ_1,
              Measurement.Figure.MEDIAN,
              1.08),
          atMost(
              "read4k_qd1_mean_vs_perftest",
              "dsa",
              "perftest",
              READ_1,
              Measurement.Figure.MEAN,
              1.15),
          atMost(
              "read4k_qd1_p99_vs_perftest", "dsa", "perftest", READ_1, Measurement.Figure.P99, 1.3),
          atLeast("read4k_qd32_iops_vs_perftest", "perftest", READ_32, 0.95),
          atLeast("write4k_qd32_iops_vs_perftest", "perftest", WRITE_32, 0.95),
          atLeast("read1m_bandwidth_vs_perftest", "perftest", READ_1M, 0.97),
          atMost(
              "durable4k_qd1_latency_vs_floor",
              "dsa",
              "floor",
              DURABLE_1,
              Measurement.Figure.MEDIAN,
              1.1),
          new Ratio(
              "read4k_qd1_latency_vs_nvmeof",
              "nvmeof",
              "dsa",
              READ_1,
              Measurement.Figure.MEDIAN,
              5,
              false),
          atLeast("read4k_qd32_iops_vs_nvmeof", "nvmeof", READ_32, 1.7));

  private static Ratio atMost(
      String name, String upper, String lower, Case what, Measurement.Figure figure, double bound) {
    return new Ratio(name, upper, lower, what, figure, bound, true);
  }

  /** Of DSA's requests in a second. */
  private static Ratio atLeast(String name, String lower, Case what, double bound) {
    return new Ratio(name, "dsa", lower, what, Measurement.Figure.IOPS, bound, false);
  }

  /** Empty where one of the two did not measure it. */
  Optional<Spread> in(Measurements measurements) {
    return measurements.ratio(upper, lower, what, figure);
  }

  boolean isMetBy(double value) {
    return isUpperBound ? value <= bound : value >= bound;
  }

  /** As in {@code <= 1.08}. */
  String must() {
    return (isUpperBound ? "<= " : ">= ") + bound;
  }
}
