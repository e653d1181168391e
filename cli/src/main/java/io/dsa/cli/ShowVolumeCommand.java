package io.dsa.cli;

import io.dsa.protocol.VolumeInfo;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code dsa volume show}. */
@Command(name = "show", description = "Shows one volume.")
final class ShowVolumeCommand implements Runnable {
  @Parameters(
      paramLabel = "NAME",
      converter = VolumeNameArgument.class,
      description = "The volume.")
  private String name;

  @Mixin private AdminOption server;
  @Mixin private OutputOption output;

  @Override
  public void run() {
    VolumeInfo volume = server.ask(admin -> admin.volume(name));
    output.print(
        () -> VolumeTable.lines(List.of(volume)), () -> new Json.OneVolume(Json.Volume.of(volume)));
  }
}
