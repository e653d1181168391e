package io.dsa.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code dsa user}. */
@Command(
    name = "user",
    synopsisSubcommandLabel = "COMMAND",
    description = "Adds, lists, shows and removes users, and says what they may do.")
final class UserCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    return Dsa.usage(spec);
  }
}
