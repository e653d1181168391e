package io.dsa.cli;

import io.dsa.sal.ByteSize;
import io.dsa.sal.Device;
import io.dsa.sal.Devices;
import io.dsa.sal.FormatOptions;
import io.dsa.sal.Pool;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code dsa pool format}. */
@Command(
    name = "format",
    description =
        "Makes a pool on a device of this machine. A device that holds anything recognisable is"
            + " left alone, unless forced. With --size, makes the file for it first.")
final class FormatPoolCommand implements Runnable {
  @Parameters(
      paramLabel = "URI",
      description = "The device, as in devdax:/dev/dax0.0; see docs/operations.md.")
  private String uri;

  @Option(names = "--force", description = "Destroy what the device holds.")
  private boolean force;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      defaultValue = "",
      description = "A name of the pool, for people.")
  private String name;

  @Option(
      names = "--size",
      paramLabel = "SIZE",
      converter = SizeArgument.class,
      description =
          "Make a new file of this size: bytes, or with KiB, MiB, GiB or TiB. A file that is there"
              + " already is left alone, also with --force. Default: the device is there.")
  private Long size;

  @Mixin private OutputOption output;

  @Override
  public void run() {
    FormatOptions options = new FormatOptions(force, name);
    try (Device device = size == null ? Devices.open(uri) : create(size)) {
      if (device.isTransient()) {
        throw new CliException(
            ExitCode.UNSUPPORTED,
            uri + " is volatile: 'dsa server' formats it by itself at each start");
      }
      Pool.format(device, options);
      try (Pool pool = Pool.open(device)) {
        output.print(
            () ->
                List.of(
                    "formatted " + uri + ": " + ByteSize.format(pool.capacity()) + " for volumes"),
            () -> new Json.FormattedPool(uri, name, pool.capacity()));
      }
    }
  }

  /** What can be known to fail is found before there is a file that nobody wants. */
  private Device create(long bytes) {
    if (bytes < Pool.MIN_CAPACITY) {
      throw new CliException(
          ExitCode.INVALID,
          "a pool needs at least "
              + ByteSize.format(Pool.MIN_CAPACITY)
              + "; --size "
              + ByteSize.format(bytes)
              + " is too small");
    }
    return Devices.create(uri, bytes);
  }
}
