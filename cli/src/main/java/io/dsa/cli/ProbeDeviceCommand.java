package io.dsa.cli;

import io.dsa.sal.ByteSize;
import io.dsa.server.DeviceProbe;
import io.dsa.server.RdmaReach;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code dsa device probe}. */
@Command(
    name = "probe",
    description =
        "Says what a storage device is, what it holds, and which RDMA devices of this machine can"
            + " serve it; where none can, why, what to do, and the exit code 13. Writes nothing.")
final class ProbeDeviceCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "URI",
      description = "The device, as in devdax:/dev/dax0.0; see docs/operations.md.")
  private String uri;

  @Mixin private OutputOption output;

  @Override
  public Integer call() {
    DeviceProbe probe = DeviceProbe.of(uri);
    output.print(() -> lines(probe), () -> Json.DeviceReport.of(probe));
    return (probe.isServed() ? ExitCode.OK : ExitCode.UNSUPPORTED).status();
  }

  private static List<String> lines(DeviceProbe probe) {
    Table table = new Table("DEVICE", probe.uri());
    table.row("medium", probe.medium());
    table.row("capacity", ByteSize.format(probe.capacity()));
    table.row("alignment", ByteSize.format(probe.alignment()));
    table.row("access", Words.of(probe.access()));
    table.row("persistence", Words.of(probe.persistence()));
    table.row("written back by", Words.of(probe.writeBack()));
    table.row("holds", probe.contents().orElse("nothing"));
    if (probe.rdma().isEmpty()) {
      table.row("RDMA", "no RDMA device on this machine; see 'rdma link'");
    }
    for (RdmaReach reach : probe.rdma()) {
      table.row("RDMA " + reach.rdmaDevice(), verdict(reach));
    }
    return table.lines();
  }

  private static String verdict(RdmaReach reach) {
    if (!reach.isServed()) {
      return "cannot be served: " + reach.refusal();
    }
    String durable =
        reach.durability().isEmpty()
            ? "never durable"
            : "durable by "
                + reach.durability().stream()
                    .sorted()
                    .map(Words::of)
                    .collect(Collectors.joining(", "));
    return "can be served, " + Words.of(reach.registration()) + "; " + durable;
  }
}
