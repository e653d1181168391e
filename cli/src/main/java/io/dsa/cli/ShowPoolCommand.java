package io.dsa.cli;

import io.dsa.sal.ByteSize;
import io.dsa.sal.Device;
import io.dsa.sal.PoolContents;
import io.dsa.sal.Volume;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code dsa pool show}. */
@Command(
    name = "show",
    description =
        "Shows the pool on a device of this machine that no server is using: what it is and its"
            + " volumes. Writes nothing.")
final class ShowPoolCommand implements Runnable {
  @Parameters(
      paramLabel = "URI",
      description = "The device, as in devdax:/dev/dax0.0; see docs/operations.md.")
  private String uri;

  @Mixin private OutputOption output;

  @Override
  public void run() {
    try (Device device = UnservedDevice.open(uri)) {
      PoolContents pool = PoolContents.read(device);
      output.print(() -> lines(pool), () -> Json.PoolDescription.of(uri, pool));
    }
  }

  private List<String> lines(PoolContents pool) {
    Table facts = new Table("POOL", uri);
    facts.row("id", pool.id());
    facts.row("name", pool.name().isEmpty() ? "none" : pool.name());
    facts.row("format version", pool.formatVersion());
    facts.row("for volumes", ByteSize.format(pool.capacity()));
    facts.row("free", ByteSize.format(pool.free()));
    facts.row("volumes", pool.volumes().size());
    List<String> lines = new ArrayList<>(facts.lines());
    if (!pool.volumes().isEmpty()) {
      Table volumes = new Table("VOLUME", "SIZE", "EXTENTS", "STATE");
      for (Volume volume : pool.volumes()) {
        volumes.row(
            volume.name(),
            ByteSize.format(volume.bytes()),
            volume.extents().size(),
            Words.of(volume.state()));
      }
      lines.add("");
      lines.addAll(volumes.lines());
    }
    return lines;
  }
}
