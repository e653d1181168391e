package io.dsa.cli;

import io.dsa.client.admin.UserInfo;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code dsa user role}. */
@Command(name = "role", description = "Says whether a user administers the server, from now on.")
final class SetRoleCommand implements Runnable {
  @Parameters(index = "0", paramLabel = "NAME", description = "The user.")
  private String name;

  @Parameters(index = "1", paramLabel = "ROLE", description = "${COMPLETION-CANDIDATES}.")
  private Role role;

  @Mixin private AdminOption server;
  @Mixin private OutputOption output;

  @Override
  public void run() {
    UserInfo user = server.ask(admin -> admin.setAdmin(name, role == Role.admin));
    output.print(() -> UserTable.lines(List.of(user)), () -> new Json.OneUser(Json.User.of(user)));
  }

  /** The names are what the user types. */
  enum Role {
    admin,
    user
  }
}
