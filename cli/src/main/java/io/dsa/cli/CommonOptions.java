package io.dsa.cli;

import java.util.logging.Level;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** What every command understands. */
final class CommonOptions {
  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      scope = ScopeType.INHERIT,
      description = "Show this and exit.")
  @SuppressWarnings("unused") // Picocli acts on it.
  private boolean help;

  @Option(
      names = "--verbose",
      scope = ScopeType.INHERIT,
      description = "Show debug logs, and stack traces of failures.")
  private boolean verbose;

  boolean isVerbose() {
    return verbose;
  }

  /** The level of DSA's own logs, where {@code usual} is what the command wants. */
  Level level(Level usual) {
    return verbose ? Level.FINE : usual;
  }

  static CommonOptions of(CommandLine command) {
    CommandLine root = command;
    while (root.getParent() != null) {
      root = root.getParent();
    }
    return root.<Dsa>getCommand().common();
  }
}
