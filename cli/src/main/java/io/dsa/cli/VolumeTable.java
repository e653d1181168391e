package io.dsa.cli;

import io.dsa.protocol.VolumeInfo;
import io.dsa.sal.ByteSize;
import java.util.List;
import java.util.stream.Collectors;

/** Volumes for people. */
final class VolumeTable {
  private VolumeTable() {}

  static List<String> lines(List<VolumeInfo> volumes) {
    Table table = new Table("VOLUME", "SIZE", "POOL", "EXTENTS", "STATE", "DURABLE BY");
    for (VolumeInfo volume : volumes) {
      table.row(
          volume.name(),
          ByteSize.format(volume.bytes()),
          volume.pool(),
          volume.extents(),
          Words.of(volume.state()),
          volume.isVolatile()
              ? "nothing: volatile"
              : volume.durability().stream().map(Words::of).collect(Collectors.joining(", ")));
    }
    return table.lines();
  }
}
