package io.dsa.lab.crash;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Runs points of one kind, as {@code soft-roce-ci/crash} asks for them, and appends a line of each
 * to a file of results. What is wrong goes to standard error, with the command that does it again.
 */
public final class CrashMain {
  /** Held, since a logger that nobody holds forgets its level. */
  private static final List<Logger> LOGGERS =
      List.of(Logger.getLogger("io.dsa"), Logger.getLogger("com.ibm"));

  private static final int MOST_FINDINGS_SAID = 8;

  private final Path results;
  private final Defect defect;

  private CrashMain(Path results, Defect defect) {
    this.results = results;
    this.defect = defect;
  }

  /** A kind, then options with a value each. */
  public static void main(String[] arguments) throws Exception {
    // A torn slot is what is looked for here, and no news.
    LOGGERS.forEach(logger -> logger.setLevel(Level.SEVERE));
    Map<String, String> options = options(arguments);
    long seed = Long.parseLong(options.get("--seed"));
    if (arguments[0].equals("write")) {
      LocalCrash.write(seed, options.get("--device"), Path.of(options.get("--journal")));
      return;
    }
    long points = Long.parseLong(options.get("--points"));
    CrashMain main =
        new CrashMain(
            Path.of(options.get("--results")), Defect.of(options.getOrDefault("--break", "none")));
    switch (arguments[0]) {
      case "model" -> {
        for (long i = 0; i < points; i++) {
          main.report(ModelCrash.run(seed + i, main.defect));
        }
      }
      case "kill" -> KillRun.run(seed, points, main::report);
      case "served" -> {
        // A server whose storage fails has much to say.
        LOGGERS.forEach(logger -> logger.setLevel(Level.OFF));
        for (long i = 0; i < points; i++) {
          main.report(ServedCrash.run(seed + i, main.defect));
        }
      }
      case "log" -> LogCrash.run(seed, points, main.defect, main::report);
      case "power" -> main.power(seed, points, options);
      default -> throw new IllegalArgumentException("no kind of crash: " + arguments[0]);
    }
  }

  /** One boot: the check of the point before, if there is one, and the next point, if any. */
  private void power(long seed, long points, Map<String, String> options) throws Exception {
    Path journals = Path.of(options.get("--journals"));
    boolean first = !Files.exists(PowerCrash.journal(journals, seed - 1));
    if (!first) {
      report(PowerCrash.check(seed - 1, journals));
    }
    if (points > 0) {
      PowerCrash.write(seed, journals, first);
    }
  }

  private static Map<String, String> options(String[] arguments) {
    Map<String, String> options = new HashMap<>();
    for (int i = 1; i + 1 < arguments.length; i += 2) {
      options.put(arguments[i], arguments[i + 1]);
    }
    return options;
  }

  private void report(CrashPoint point) throws IOException {
    Files.writeString(
        results, point.line() + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    if (point.findings().isEmpty()) {
      return;
    }
    StringBuilder text = new StringBuilder();
    text.append(
        "crash: %s, %s, %s, seed %d:\n"
            .formatted(point.kind(), point.backend(), point.method(), point.seed()));
    point.findings().stream()
        .limit(MOST_FINDINGS_SAID)
        .forEach(finding -> text.append("  ").append(finding).append('\n'));
    if (point.findings().size() > MOST_FINDINGS_SAID) {
      text.append("  and ").append(point.findings().size() - MOST_FINDINGS_SAID).append(" more\n");
    }
    text.append("  again: soft-roce-ci/crash --points 1 --only ")
        .append(point.kind())
        .append(" --seed ")
        .append(point.seed());
    if (defect != Defect.NONE) {
      text.append(" --break ").append(defect.option());
    }
    System.err.println(text);
  }
}
