package io.dsa.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The line that is written over and over while a benchmark runs. */
final class BenchProgressTest {
  private static final long START = 1_000_000_000;
  private static final long SECOND = 1_000_000_000;

  private final StringWriter err = new StringWriter();
  private final BenchProgress progress = new BenchProgress(new PrintWriter(err), true, 4096);
  private final BenchClock clock =
      BenchClock.of(BenchPlans.run(Duration.ofSeconds(2), 10, Duration.ZERO), START);

  @Test
  void shouldTellThePaceSinceTheLineBefore() {
    assertThat(progress.line(clock, START + SECOND, 0, 0, 0))
        .isEqualTo("bench  warming up  0 IOPS  0.0 MB/s  0B");
    assertThat(progress.line(clock, START + 3 * SECOND, 1000, 0, 0))
        .startsWith("bench  1 s of 60 s  500 IOPS  2.0 MB/s  ");
    assertThat(progress.line(clock, START + 3 * SECOND + SECOND / 2, 4000, 0, 0))
        .startsWith("bench  1 s of 60 s  6000 IOPS  24.6 MB/s  ");
    assertThat(progress.line(clock, START + 5 * SECOND, 4000, 0, 0))
        .startsWith("bench  3 s of 60 s  0 IOPS  0.0 MB/s  ");
  }

  @Test
  void shouldTellWhatWasVerifiedAndHowOftenItConnectedAnew() {
    assertThat(progress.line(BenchClock.endless(START), START, 10, 7, 2))
        .startsWith("bench  reading back what was written  ")
        .endsWith("  7 blocks verified  connected anew: 2");
  }

  @Test
  void shouldWipeTheLineAtTheEnd() {
    progress.at(clock, List.of(), 0);
    progress.close();

    assertThat(err.toString()).startsWith("\rbench  ").endsWith("\033[K\r\033[K");
  }
}
