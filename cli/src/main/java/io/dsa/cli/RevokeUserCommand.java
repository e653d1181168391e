package io.dsa.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code dsa user revoke}. */
@Command(
    name = "revoke",
    description = "Takes all rights on a volume from a user, who loses it at once if it is open.")
final class RevokeUserCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "NAME", description = "The user.")
  private String name;

  @Parameters(
      index = "1",
      paramLabel = "VOLUME",
      converter = VolumeNameArgument.class,
      description = "The volume.")
  private String volume;

  @Mixin private AdminOption server;

  @Override
  public void run() {
    server.ask(admin -> {
      admin.revoke(name, volume);
      return name;
    });
    spec.commandLine().getOut().println("user " + name + " has no right on volume " + volume);
    spec.commandLine().getOut().flush();
  }
}
