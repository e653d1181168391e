package io.dsa.cli;

import java.io.PrintWriter;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code dsa completion}. */
@Command(
    name = "completion",
    description =
        "Prints a script that completes dsa's commands and options in bash and zsh; load it with"
            + " source <(dsa completion).")
final class CompletionCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    PrintWriter out = spec.commandLine().getOut();
    out.print(AutoComplete.bash("dsa", spec.root().commandLine()));
    out.flush();
  }
}
