package io.dsa.cli;

import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code dsa help}. */
@Command(name = "help", description = "Shows how a command is used.")
final class ShowHelpCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "COMMAND",
      arity = "0..*",
      description = "The command, as in: dsa help volume create.")
  private List<String> words = List.of();

  @Override
  public void run() {
    CommandLine command = spec.root().commandLine();
    for (String word : words) {
      CommandLine below = command.getSubcommands().get(word);
      if (below == null) {
        throw new ParameterException(
            command,
            "'" + command.getCommandSpec().qualifiedName() + "' has no command '" + word + "'");
      }
      command = below;
    }
    PrintWriter out = spec.commandLine().getOut();
    command.usage(out);
    out.flush();
  }
}
