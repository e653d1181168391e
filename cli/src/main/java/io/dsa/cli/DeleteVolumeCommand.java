package io.dsa.cli;

import io.dsa.client.DsaClient;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
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

  @Mixin private ServerOption server;

  @Override
  public void run() {
    try (DsaClient client = server.connect()) {
      client.deleteVolume(name);
    }
    spec.commandLine().getOut().println("deleted volume " + name);
    spec.commandLine().getOut().flush();
  }
}
