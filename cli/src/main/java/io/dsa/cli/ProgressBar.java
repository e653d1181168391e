package io.dsa.cli;

import io.dsa.sal.ByteSize;
import java.io.PrintWriter;
import java.util.Locale;
import picocli.CommandLine.Model.CommandSpec;

/** How far a transfer is, on stderr, where that is a terminal. */
final class ProgressBar implements AutoCloseable {
  /** Set by bin/dsa: Java itself cannot tell whether stderr is a terminal. */
  private static final String TERMINAL = "dsa.stderr.terminal";

  private static final int WIDTH = 30;
  private static final long REDRAW_NANOS = 100_000_000;

  private final PrintWriter err;
  private final boolean shown;
  private final String label;
  private final long total;
  private final long start = System.nanoTime();
  private long drawn = start;

  /**
   * @param total bytes to move, or 0 where that is not known
   */
  ProgressBar(CommandSpec command, String label, long total) {
    this(command.commandLine().getErr(), isTerminal(), label, total);
  }

  static boolean isTerminal() {
    return Boolean.getBoolean(TERMINAL);
  }

  ProgressBar(PrintWriter err, boolean shown, String label, long total) {
    this.err = err;
    this.shown = shown;
    this.label = label;
    this.total = total;
  }

  void at(long bytes) {
    long now = System.nanoTime();
    if (shown && now - drawn >= REDRAW_NANOS) {
      drawn = now;
      err.print("\r" + line(bytes, now - start) + "\033[K");
      err.flush();
    }
  }

  String line(long bytes, long nanos) {
    String moved = ByteSize.format(bytes);
    String speed = String.format(Locale.ROOT, "%.1f MB/s", bytes * 1e3 / Math.max(nanos, 1));
    if (total == 0) {
      return label + "  " + moved + "  " + speed;
    }
    // A file may grow while it is read.
    int filled = (int) Math.min(WIDTH, WIDTH * bytes / total);
    return String.format(
        Locale.ROOT,
        "%s  [%s%s] %3d %%  %s of %s  %s",
        label,
        "#".repeat(filled),
        "-".repeat(WIDTH - filled),
        100 * bytes / total,
        moved,
        ByteSize.format(total),
        speed);
  }

  /** Wipes the bar, so that what is printed next has the line to itself. */
  @Override
  public void close() {
    if (shown) {
      err.print("\r\033[K");
      err.flush();
    }
  }
}
