package io.dsa.cli;

import io.dsa.sal.ByteSize;
import io.dsa.sal.Device;
import io.dsa.sal.Finding;
import io.dsa.sal.PoolInspection;
import io.dsa.sal.SlotContents;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code dsa pool check}. */
@Command(
    name = "check",
    description =
        "Looks for damage in the metadata of the pool on a device of this machine that no server is"
            + " using. Exits with 0 if it is sound, there may be notes, and with 17 if not. Repairs"
            + " and writes nothing.")
final class CheckPoolCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "URI",
      description = "The device, as in devdax:/dev/dax0.0; see docs/operations.md.")
  private String uri;

  @Mixin private OutputOption output;

  @Override
  public Integer call() {
    PoolInspection inspection;
    try (Device device = UnservedDevice.open(uri)) {
      inspection = PoolInspection.of(device);
    }
    output.print(() -> lines(inspection), () -> Json.PoolCheck.of(inspection));
    return (inspection.isSound() ? ExitCode.OK : ExitCode.STORAGE).status();
  }

  private static List<String> lines(PoolInspection inspection) {
    Table table = new Table("POOL", inspection.uri());
    table.row("verdict", verdict(inspection));
    table.row("device", ByteSize.format(inspection.deviceCapacity()));
    for (SlotContents slot : inspection.slots()) {
      table.row("slot " + slot.slot(), describe(slot));
    }
    List<String> lines = new ArrayList<>(table.lines());
    for (Finding finding : inspection.findings()) {
      lines.add("");
      lines.add(finding.severity() + place(finding) + ": " + finding.what());
      lines.add("  " + finding.meaning());
    }
    return lines;
  }

  private static String verdict(PoolInspection inspection) {
    if (inspection.isSound()) {
      return "sound";
    }
    return inspection.contents().isPresent() ? "damaged, nothing lost" : "cannot be used";
  }

  private static String describe(SlotContents slot) {
    StringBuilder text = new StringBuilder(Words.of(slot.state()));
    slot.generation().ifPresent(generation -> text.append(", generation ").append(generation));
    if (slot.state() != SlotContents.State.NEWER) {
      text.append(
          String.format(
              Locale.ROOT,
              ", %d of %d volumes can be read",
              slot.volumes().size(),
              slot.volumesSaid()));
    }
    return text.toString();
  }

  private static String place(Finding finding) {
    StringBuilder place = new StringBuilder();
    finding.slot().ifPresent(slot -> place.append(" in slot ").append(slot));
    finding.offset().ifPresent(offset -> place.append(" at byte ").append(offset));
    return place.toString();
  }
}
