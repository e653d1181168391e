package io.dsa.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import picocli.CommandLine;

/** What a command printed in this JVM, and how it would have exited. */
record CommandRun(int status, String out, String err) {
  static CommandRun of(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine dsa = Dsa.commandLine(arguments);
    dsa.setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    dsa.setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF));
    return new CommandRun(dsa.execute(arguments), out.toString(), err.toString());
  }

  /** The one line of an error. */
  String errorLine() {
    List<String> lines = err.lines().toList();
    if (lines.size() != 1) {
      throw new AssertionError("expected one line on stderr, got: " + err);
    }
    return lines.getFirst();
  }
}
