package io.dsa.cli;

import java.io.PrintWriter;
import java.util.function.Supplier;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Prints a command's result for people or for programs. */
final class OutputOption {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  /** The forms of output; the names are what the user types. */
  enum Form {
    text,
    json
  }

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORM",
      defaultValue = "text",
      description = "${COMPLETION-CANDIDATES}; json carries an apiVersion. Default: text.")
  private Form form;

  void print(Supplier<Iterable<String>> lines, Supplier<Json.Document> document) {
    PrintWriter out = command.commandLine().getOut();
    switch (form) {
      case text -> lines.get().forEach(out::println);
      case json -> out.println(Json.write(document.get()));
    }
    out.flush();
  }
}
