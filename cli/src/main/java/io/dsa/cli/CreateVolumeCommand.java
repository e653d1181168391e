package io.dsa.cli;

import io.dsa.protocol.VolumeInfo;
import io.dsa.sal.ByteSize;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code dsa volume create}. */
@Command(name = "create", description = "Creates a volume that reads as zeros.")
final class CreateVolumeCommand implements Runnable {
  @Parameters(
      paramLabel = "NAME",
      converter = VolumeNameArgument.class,
      description = "Its name, new on this server.")
  private String name;

  @Option(
      names = "--size",
      paramLabel = "SIZE",
      converter = SizeArgument.class,
      defaultValue = "64MiB",
      description = "Its size: bytes, or with KiB, MiB, GiB or TiB. Default: 64MiB.")
  private long bytes;

  @Option(
      names = "--pool",
      paramLabel = "URI",
      defaultValue = "",
      showDefaultValue = Visibility.NEVER,
      description =
          "The pool to make it in. Default: the one with the most room, a persistent one where"
              + " there is any.")
  private String pool;

  @Mixin private AdminOption server;
  @Mixin private OutputOption output;

  @Override
  public void run() {
    VolumeInfo volume = server.ask(admin -> admin.createVolume(name, bytes, pool));
    output.print(
        () ->
            List.of(
                "created volume "
                    + volume.name()
                    + " of "
                    + ByteSize.format(volume.bytes())
                    + " on "
                    + volume.pool()),
        () -> new Json.OneVolume(Json.Volume.of(volume)));
  }
}
