package io.dsa.cli;

import io.dsa.protocol.VolumeInfo;
import io.dsa.sal.ByteSize;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code dsa volume resize}. */
@Command(
    name = "resize",
    description =
        "Changes a volume's size. What is added reads as zeros; what is cut off is gone, without"
            + " asking. Clients that have it open keep the old size; shrinking needs that nobody"
            + " has it open.")
final class ResizeVolumeCommand implements Runnable {
  @Parameters(
      paramLabel = "NAME",
      converter = VolumeNameArgument.class,
      description = "The volume.")
  private String name;

  @Option(
      names = "--size",
      paramLabel = "SIZE",
      converter = SizeArgument.class,
      required = true,
      description = "Its new size: bytes, or with KiB, MiB, GiB or TiB.")
  private long bytes;

  @Mixin private AdminOption server;
  @Mixin private OutputOption output;

  @Override
  public void run() {
    VolumeInfo volume = server.ask(admin -> admin.resizeVolume(name, bytes));
    output.print(
        () -> List.of("resized volume " + volume.name() + " to " + ByteSize.format(volume.bytes())),
        () -> new Json.OneVolume(Json.Volume.of(volume)));
  }
}
