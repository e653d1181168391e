package io.dsa.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import picocli.CommandLine;

/**
 * The {@code dsa} command in the tests' own JVM. It does what {@code bin/dsa} does after a start
 * that takes seconds in the lab; here, because its entry is nobody else's.
 *
 * @param status what the process would have exited with
 */
public record CommandInProcess(int status, String out, String err) {
  /** Runs it with these arguments. */
  public static CommandInProcess run(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine dsa = Dsa.commandLine(arguments);
    dsa.setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    dsa.setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF));
    return new CommandInProcess(dsa.execute(arguments), out.toString(), err.toString());
  }
}
