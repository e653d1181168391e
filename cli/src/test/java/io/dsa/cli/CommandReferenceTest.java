package io.dsa.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

/** docs/cli.md is what the commands say of themselves. */
final class CommandReferenceTest {
  private static final Path FILE = Path.of("..", "docs", "cli.md");
  private static final String WRITE = "dsa.docs.write";

  @Test
  void shouldBeWhatTheFileSays() throws Exception {
    String reference = reference();
    if (Boolean.getBoolean(WRITE)) {
      Files.writeString(FILE, reference);
    }

    assertThat(FILE)
        .as(
            "docs/cli.md is made from the commands; write it anew with: mvn -pl cli -am test -D%s=true",
            WRITE)
        .hasContent(reference);
  }

  private static String reference() {
    StringBuilder text = new StringBuilder();
    text.append(
        """
        # The dsa command

        <!-- Made from the commands themselves: mvn -pl cli -am test -Ddsa.docs.write=true -->

        A command that fails prints one line on stderr, `dsa: …`, which names the thing and what to do, and ends with
        one of the exit codes below, within ten seconds when it is the server that does not answer. Listings are for
        people; with `-o json` a command prints one JSON object with an `apiVersion`, now 1, to which fields may be
        added. Sizes are in bytes, or with `KiB`, `MiB`, `GiB` or `TiB`.

        ## Exit codes

        | code | name | meaning |
        |---|---|---|
        """);
    for (ExitCode code : ExitCode.values()) {
      text.append("| %d | %s | %s |%n".formatted(code.status(), code, code.meaning()));
    }
    text.append(
        """
        | 127 | | No Java 25 was found. |
        | 128 + N | | Signal N ended the command, or, with 141, whoever read its output has gone; SIGTERM and SIGINT end `dsa server` with 0. |
        """);
    for (CommandLine command : visible(CommandTree.whole())) {
      text.append(
          "%n## %s%n%n```%n%s```%n"
              .formatted(
                  command.getCommandSpec().qualifiedName(),
                  command.getUsageMessage(Ansi.OFF).replaceAll("(?m) +$", "")));
    }
    return text.toString();
  }

  /** The command and all below it, in their order. */
  private static List<CommandLine> visible(CommandLine command) {
    List<CommandLine> all = new ArrayList<>();
    if (!command.getCommandName().equals("help")) {
      all.add(command);
      command.getSubcommands().values().stream()
          .distinct()
          .map(CommandReferenceTest::visible)
          .forEach(all::addAll);
    }
    return all;
  }
}
