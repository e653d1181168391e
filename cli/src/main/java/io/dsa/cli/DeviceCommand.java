package io.dsa.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code dsa device}. */
@Command(
    name = "device",
    synopsisSubcommandLabel = "COMMAND",
    description = "Looks at storage devices of this machine.")
final class DeviceCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    return Dsa.usage(spec);
  }
}
