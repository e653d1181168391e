package io.dsa.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code dsa pool}. */
@Command(
    name = "pool",
    synopsisSubcommandLabel = "COMMAND",
    description = "Formats, lists, shows and checks pools, the devices that volumes are made on.")
final class PoolCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    return Dsa.usage(spec);
  }
}
