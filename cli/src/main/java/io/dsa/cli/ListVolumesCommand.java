package io.dsa.cli;

import io.dsa.client.admin.DsaAdmin;
import io.dsa.protocol.VolumeInfo;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code dsa volume list}. */
@Command(name = "list", description = "Lists the server's volumes.")
final class ListVolumesCommand implements Runnable {
  @Mixin private AdminOption server;
  @Mixin private OutputOption output;

  @Override
  public void run() {
    List<VolumeInfo> volumes = server.ask(DsaAdmin::volumes);
    output.print(
        () -> VolumeTable.lines(volumes),
        () -> new Json.VolumeList(volumes.stream().map(Json.Volume::of).toList()));
  }
}
