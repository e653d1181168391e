package io.dsa.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.dsa.protocol.DurabilityMethod;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TextFormTest {
  @ParameterizedTest
  @CsvSource({
    "host1, host1, 7470",
    "host1:7000, host1, 7000",
    "10.9.0.1:1, 10.9.0.1, 1",
    "[fe80::1]:7471, fe80::1, 7471",
    "[fe80::1], fe80::1, 7470",
    "fe80::1, fe80::1, 7470",
  })
  void shouldReadAddresses(String text, String host, int port) {
    InetSocketAddress address = new ServerAddress().convert(text);

    assertThat(address.getHostString()).isEqualTo(host);
    assertThat(address.getPort()).isEqualTo(port);
  }

  @Test
  void shouldAlignColumns() {
    Table table = new Table("NAME", "SIZE").row("a-long-name", 1).row("ä", 22);

    assertThat(table.lines())
        .containsExactly("NAME         SIZE", "a-long-name  1", "ä            22");
  }

  @Test
  void shouldDrawHowFarItIs() {
    ProgressBar bar = new ProgressBar(new PrintWriter(new StringWriter()), true, "put v", 4 << 20);

    assertThat(bar.line(1 << 20, 1_000_000_000))
        .isEqualTo("put v  [#######-----------------------]  25 %  1MiB of 4MiB  1.0 MB/s");
  }

  @Test
  void shouldDrawNothingWhereNobodyLooks() {
    StringWriter err = new StringWriter();
    try (ProgressBar bar = new ProgressBar(new PrintWriter(err), false, "put v", 4)) {
      bar.at(2);
    }

    assertThat(err.toString()).isEmpty();
  }

  @Test
  void shouldSayHowFastABenchmarkIs() {
    BenchPlan plan = BenchPlans.verifying(BenchMode.WRITE, BenchPlan.Order.RANDOM, 1, 1);
    BenchClock clock = BenchClock.of(plan, 0);
    BenchProgress progress =
        new BenchProgress(new PrintWriter(new StringWriter()), true, plan.blockBytes());

    assertThat(progress.line(clock, 100_000_000, 0, 0, 0)).startsWith("bench  0 s of 1 s");
    assertThat(progress.line(clock, 600_000_000, 1000, 3, 2))
        .isEqualTo(
            "bench  0 s of 1 s  2000 IOPS  1.0 MB/s  500KiB  3 blocks verified"
                + "  connected anew: 2");
  }

  @Test
  void shouldSayHowAPutEnded() {
    Path file = Path.of("/f");

    assertThat(
            new TransferReport(
                    "put",
                    "v",
                    file,
                    5_000_000,
                    2_000_000_000,
                    Optional.of(
                        new TransferReport.Ending(Optional.of(DurabilityMethod.RDMA_FLUSH))))
                .lines())
        .containsExactly("put: 5000000 bytes in 2.000 s, 2.5 MB/s, durable by rdma-flush");
    assertThat(
            new TransferReport(
                    "put",
                    "v",
                    file,
                    5_000_000,
                    2_000_000_000,
                    Optional.of(new TransferReport.Ending(Optional.empty())))
                .lines()
                .getFirst())
        .contains("NOT durable");
  }
}
