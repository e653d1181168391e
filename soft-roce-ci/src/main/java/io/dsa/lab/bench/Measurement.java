package io.dsa.lab.bench;

import java.util.OptionalDouble;

/**
 * One peer's run of one case; a line of the file of measurements.
 *
 * @param round from 1 on
 * @param peer dsa, perftest, floor, nvmeof or ucx
 * @param iops requests completed in a second
 * @param median latency in microseconds; null, as are the others, where the peer measures none
 */
record Measurement(
    int round,
    String peer,
    String operation,
    int block,
    int depth,
    double iops,
    Double median,
    Double mean,
    Double p99) {

  Case ofCase() {
    return new Case(operation, block, depth);
  }

  /** What the peers can be compared by. */
  enum Figure {
    IOPS,
    MEDIAN,
    MEAN,
    P99
  }

  OptionalDouble get(Figure figure) {
    Double value =
        switch (figure) {
          case IOPS -> (Double) iops;
          case MEDIAN -> median;
          case MEAN -> mean;
          case P99 -> p99;
        };
    return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
  }
}
