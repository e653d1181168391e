package io.dsa.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code dsa volume delete}. */
@Command(name = "delete", description = "Deletes a volume and what is on it, without asking.")
final class DeleteVolumeCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "NAME",
      converter = VolumeNameArgument.class,
      description = "The volume.")
  private String name;

  @Option(
      names = "--force",
      description = "Take it from those who have it open; without this, it is refused then.")
  private boolean force;

  @Mixin private AdminOption server;

  @Override
  public void run() {
    server.ask(admin -> {
      if (force) {
        admin.takeAndDeleteVolume(name);
      } else {
        admin.deleteVolume(name);
      }
      return name;
    });
    spec.commandLine().getOut().println("deleted volume " + name);
    spec.commandLine().getOut().flush();
  }
}
