package io.dsa.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code dsa user remove}. */
@Command(
    name = "remove",
    description = "Removes a user and ends all sessions of theirs, without asking.")
final class RemoveUserCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "NAME", description = "The user.")
  private String name;

  @Mixin private AdminOption server;

  @Override
  public void run() {
    server.ask(admin -> {
      admin.removeUser(name);
      return name;
    });
    spec.commandLine().getOut().println("removed user " + name);
    spec.commandLine().getOut().flush();
  }
}
