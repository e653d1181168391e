package io.dsa.cli;

import io.dsa.client.DsaClient;
import io.dsa.client.Volume;
import io.dsa.protocol.OpenMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code dsa bench}. */
@Command(
    name = "bench",
    description = "Measures how long reads of 4 KiB take, one at a time, and with --write writes.")
final class BenchVolumeCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "VOLUME",
      converter = VolumeNameArgument.class,
      description = "The volume; its contents stay as they are.")
  private String name;

  @Option(
      names = "--ops",
      paramLabel = "N",
      defaultValue = "10000",
      description = "How many of each to measure, after as many to warm up. Default: 10000.")
  private int operations;

  @Option(
      names = "--write",
      description =
          "Measure durable writes as well, each a write and a flush. It needs the volume for"
              + " itself, and writes back the bytes that it has read.")
  private boolean write;

  @Mixin private ServerOption server;
  @Mixin private DurabilityOption durability;
  @Mixin private OutputOption output;

  @Override
  public void run() {
    if (operations < 1) {
      throw new ParameterException(spec.commandLine(), "--ops must be at least 1");
    }
    OpenMode mode = write ? OpenMode.READ_WRITE : OpenMode.READ_ONLY;
    try (DsaClient client = server.connect(durability.clientOptions());
        Volume volume = client.open(name, mode);
        LatencyProbe probe = new LatencyProbe(server.text(), client, volume)) {
      List<Json.Latency> results = new ArrayList<>();
      results.add(probe.reads(operations));
      if (write) {
        results.add(probe.writes(operations));
      }
      output.print(
          () -> table(results).lines(),
          () ->
              new Json.Bench(
                  name,
                  LatencyProbe.BLOCK_BYTES,
                  volume.durability().map(Words::of).orElse(null),
                  results));
    }
  }

  private static Table table(List<Json.Latency> results) {
    Table table = new Table("4 KiB", "COUNT", "MEDIAN us", "MEAN us", "P99 us", "MAX us");
    for (Json.Latency result : results) {
      table.row(
          result.operation(),
          result.count(),
          tenths(result.median()),
          tenths(result.mean()),
          tenths(result.p99()),
          tenths(result.max()));
    }
    return table;
  }

  private static String tenths(double micros) {
    return String.format(Locale.ROOT, "%.1f", micros);
  }
}
