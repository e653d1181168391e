package io.dsa.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code dsa session}. */
@Command(
    name = "session",
    synopsisSubcommandLabel = "COMMAND",
    description = "Lists and ends the sessions of clients.")
final class SessionCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    return Dsa.usage(spec);
  }
}
