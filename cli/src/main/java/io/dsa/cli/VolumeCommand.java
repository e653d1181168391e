package io.dsa.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code dsa volume}. */
@Command(
    name = "volume",
    synopsisSubcommandLabel = "COMMAND",
    description = "Creates, lists, shows, resizes, renames and deletes volumes.")
final class VolumeCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    return Dsa.usage(spec);
  }
}
