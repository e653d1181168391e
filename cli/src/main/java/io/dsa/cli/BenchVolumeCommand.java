package io.dsa.cli;

import io.dsa.client.DsaClient;
import io.dsa.protocol.OpenMode;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code dsa bench}. */
@Command(
    name = "bench",
    description =
        "Measures reads and writes of a volume: how many, and how long each takes. One request of"
            + " 4 KiB at a time unless told otherwise.")
final class BenchVolumeCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "VOLUME",
      converter = VolumeNameArgument.class,
      description = "The volume; every --mode but read overwrites it.")
  private String name;

  @Mixin private BenchOptions options;
  @Mixin private ServerOption server;
  @Mixin private DurabilityOption durability;
  @Mixin private OutputOption output;

  @Override
  public Integer call() throws IOException {
    BenchPlan plan = options.plan();
    BenchResult result = server.connected(connector -> measure(plan, connector));
    output.print(result::lines, result::document);
    return ExitCode.OK.status();
  }

  private BenchResult measure(BenchPlan plan, ServerOption.Connector connector) {
    try (BenchProgress progress = new BenchProgress(spec, plan.blockBytes());
        BenchRun run = new BenchRun(plan, () -> connect(plan, connector), progress)) {
      return run.run();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CliException(ExitCode.TIMED_OUT, "interrupted", e);
    }
  }

  private BenchSession connect(BenchPlan plan, ServerOption.Connector connector) {
    DsaClient client = connector.connect(durability.clientOptions());
    try {
      OpenMode mode = plan.mode().writes() ? OpenMode.READ_WRITE : OpenMode.READ_ONLY;
      BenchSession session = new BenchConnection(server.text(), client, client.open(name, mode));
      if (plan.mode().isDurable() && session.volume().durability().isEmpty()) {
        session.volume().close();
        throw new CliException(
            ExitCode.UNSUPPORTED,
            "volume " + name + " is volatile: nothing can be durable; --mode write measures it");
      }
      return session;
    } catch (RuntimeException e) {
      client.close();
      throw e;
    }
  }
}
