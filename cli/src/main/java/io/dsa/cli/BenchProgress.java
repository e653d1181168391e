package io.dsa.cli;

import io.dsa.sal.ByteSize;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Model.CommandSpec;

/** How far a benchmark is, on stderr, where that is a terminal. Confined to one thread. */
final class BenchProgress implements AutoCloseable {
  private final PrintWriter err;
  private final boolean shown;
  private final int blockBytes;
  private long lastDone;
  private long lastNanos;

  BenchProgress(CommandSpec command, int blockBytes) {
    this(command.commandLine().getErr(), ProgressBar.isTerminal(), blockBytes);
  }

  BenchProgress(PrintWriter err, boolean shown, int blockBytes) {
    this.err = err;
    this.shown = shown;
    this.blockBytes = blockBytes;
  }

  void at(BenchClock clock, List<BenchWorker> workers, int reconnects) {
    if (shown) {
      long done = workers.stream().mapToLong(worker -> worker.meter().done()).sum();
      long verified = workers.stream().mapToLong(worker -> worker.load().verified()).sum();
      err.print("\r" + line(clock, System.nanoTime(), done, verified, reconnects) + "\033[K");
      err.flush();
    }
  }

  /** The pace is that since the line before. */
  String line(BenchClock clock, long now, long done, long verified, int reconnects) {
    double seconds = Math.max(now - lastNanos, 1) / 1e9;
    double perSecond = lastNanos == 0 ? 0 : (done - lastDone) / seconds;
    lastDone = done;
    lastNanos = now;
    StringBuilder line = new StringBuilder("bench  ").append(clock.state(now));
    line.append(
        String.format(
            Locale.ROOT, "  %.0f IOPS  %.1f MB/s", perSecond, perSecond * blockBytes / 1e6));
    line.append("  ").append(ByteSize.format(done * blockBytes));
    if (verified > 0) {
      line.append("  ").append(verified).append(" blocks verified");
    }
    if (reconnects > 0) {
      line.append("  connected anew: ").append(reconnects);
    }
    return line.toString();
  }

  /** Wipes the line, so that what is printed next has it to itself. */
  @Override
  public void close() {
    if (shown) {
      err.print("\r\033[K");
      err.flush();
    }
  }
}
