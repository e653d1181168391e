package io.dsa.cli;

import io.dsa.client.Volume;
import io.dsa.protocol.DurabilityMethod;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.HdrHistogram.Histogram;

/**
 * What one run of {@code dsa bench} found.
 *
 * @param durability how durable writes were made durable; empty where nothing was
 * @param seconds in which requests were measured
 * @param verified blocks that were read and found right
 */
record BenchResult(
    BenchPlan plan,
    String volume,
    Optional<DurabilityMethod> durability,
    double seconds,
    List<Json.Latency> latencies,
    long verified,
    int reconnects) {

  static BenchResult of(
      BenchPlan plan, Volume volume, BenchClock clock, List<BenchWorker> workers, int reconnects) {
    Histogram reads = new Histogram(BenchMeter.DIGITS);
    Histogram writes = new Histogram(BenchMeter.DIGITS);
    long first = Long.MAX_VALUE;
    long last = clock.warm();
    long verified = 0;
    for (BenchWorker worker : workers) {
      reads.add(worker.meter().reads());
      writes.add(worker.meter().writes());
      verified += worker.load().verified();
      first = Math.min(first, worker.begun(clock));
      last = worker.meter().done() == 0 ? last : Math.max(last, worker.meter().last());
    }
    if (last <= first) {
      // A few requests on several queues can all be done before the last one that is not counted.
      first = clock.warm();
    }
    double seconds = (last - first) / 1e9;
    List<Json.Latency> latencies = new ArrayList<>();
    if (reads.getTotalCount() > 0) {
      latencies.add(latency("read", reads, seconds, plan.blockBytes()));
    }
    if (writes.getTotalCount() > 0) {
      String name = plan.mode().isDurable() ? "durable write" : "write";
      latencies.add(latency(name, writes, seconds, plan.blockBytes()));
    }
    Optional<DurabilityMethod> durability =
        plan.mode().isDurable() ? volume.durability() : Optional.empty();
    return new BenchResult(
        plan, volume.name(), durability, seconds, latencies, verified, reconnects);
  }

  private static Json.Latency latency(
      String operation, Histogram histogram, double seconds, int blockBytes) {
    double perSecond = histogram.getTotalCount() / seconds;
    return new Json.Latency(
        operation,
        histogram.getTotalCount(),
        perSecond,
        perSecond * blockBytes,
        histogram.getMinValue() / 1e3,
        histogram.getValueAtPercentile(50) / 1e3,
        histogram.getMean() / 1e3,
        histogram.getValueAtPercentile(90) / 1e3,
        histogram.getValueAtPercentile(99) / 1e3,
        histogram.getValueAtPercentile(99.9) / 1e3,
        histogram.getValueAtPercentile(99.99) / 1e3,
        histogram.getMaxValue() / 1e3);
  }

  List<String> lines() {
    Table table =
        new Table(
            "OPERATION",
            "COUNT",
            "IOPS",
            "MB/s",
            "MIN us",
            "MEDIAN us",
            "MEAN us",
            "P90 us",
            "P99 us",
            "P99.9 us",
            "P99.99 us",
            "MAX us");
    for (Json.Latency result : latencies) {
      table.row(
          result.operation(),
          result.count(),
          Math.round(result.iops()),
          tenths(result.bytesPerSecond() / 1e6),
          tenths(result.min()),
          tenths(result.median()),
          tenths(result.mean()),
          tenths(result.p90()),
          tenths(result.p99()),
          tenths(result.p999()),
          tenths(result.p9999()),
          tenths(result.max()));
    }
    List<String> lines = new ArrayList<>(table.lines());
    if (plan.verify()) {
      lines.add("verified " + verified + " blocks: every one held what was written to it");
    }
    if (reconnects > 0) {
      lines.add("connected anew " + reconnects + (reconnects == 1 ? " time" : " times"));
    }
    return lines;
  }

  private static String tenths(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }

  Json.Bench document() {
    return new Json.Bench(
        volume,
        Words.of(plan.mode()),
        Words.of(plan.order()),
        Words.of(plan.waiting()),
        plan.blockBytes(),
        plan.depth(),
        plan.threads(),
        plan.queues(),
        durability.map(Words::of).orElse(null),
        seconds,
        latencies,
        plan.verify() ? verified : null,
        reconnects);
  }
}
