package io.dsa.cli;

import io.dsa.sal.ByteSize;
import io.dsa.sal.Device;
import io.dsa.sal.Devices;
import io.dsa.sal.FormatOptions;
import io.dsa.sal.PersistenceDomain;
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
            + " left alone, unless forced.")
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

  @Mixin private OutputOption output;

  @Override
  public void run() {
    try (Device device = Devices.open(uri)) {
      if (device.persistence() == PersistenceDomain.VOLATILE) {
        throw new CliException(
            ExitCode.UNSUPPORTED,
            uri + " is volatile: 'dsa server' formats it by itself at each start");
      }
      Pool.format(device, new FormatOptions(force, name));
      try (Pool pool = Pool.open(device)) {
        output.print(
            () ->
                List.of(
                    "formatted " + uri + ": " + ByteSize.format(pool.capacity()) + " for volumes"),
            () -> new Json.FormattedPool(uri, name, pool.capacity()));
      }
    }
  }
}
