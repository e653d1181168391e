package io.dsa.cli;

import io.dsa.protocol.VolumeInfo;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code dsa volume rename}. */
@Command(
    name = "rename",
    description = "Gives a volume another name. Clients that have it open keep it.")
final class RenameVolumeCommand implements Runnable {
  @Parameters(
      index = "0",
      paramLabel = "NAME",
      converter = VolumeNameArgument.class,
      description = "The volume.")
  private String name;

  @Parameters(
      index = "1",
      paramLabel = "NEW-NAME",
      converter = VolumeNameArgument.class,
      description = "Its new name, new on this server.")
  private String newName;

  @Mixin private AdminOption server;
  @Mixin private OutputOption output;

  @Override
  public void run() {
    VolumeInfo volume = server.ask(admin -> admin.renameVolume(name, newName));
    output.print(
        () -> List.of("renamed volume " + name + " to " + volume.name()),
        () -> new Json.OneVolume(Json.Volume.of(volume)));
  }
}
