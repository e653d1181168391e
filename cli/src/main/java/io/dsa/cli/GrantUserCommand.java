package io.dsa.cli;

import io.dsa.client.admin.UserInfo;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code dsa user grant}. */
@Command(
    name = "grant",
    description = "Says what a user may do with a volume: just this from now on.")
final class GrantUserCommand implements Runnable {
  @Parameters(index = "0", paramLabel = "NAME", description = "The user.")
  private String name;

  @Parameters(
      index = "1",
      paramLabel = "VOLUME",
      converter = VolumeNameArgument.class,
      description = "The volume.")
  private String volume;

  @Parameters(
      index = "2..*",
      arity = "1..*",
      paramLabel = "RIGHT",
      description = "${COMPLETION-CANDIDATES}; write opens it in every way.")
  private Set<Kind> rights;

  @Mixin private AdminOption server;
  @Mixin private OutputOption output;

  @Override
  public void run() {
    UserInfo user =
        server.ask(admin ->
            admin.grant(name, volume, rights.stream().map(Words::of).collect(Collectors.toSet())));
    output.print(() -> UserTable.lines(List.of(user)), () -> new Json.OneUser(Json.User.of(user)));
  }

  /** The names are what the user types. */
  enum Kind {
    read,
    write,
    manage
  }
}
