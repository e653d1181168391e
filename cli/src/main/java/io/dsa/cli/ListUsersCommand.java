package io.dsa.cli;

import io.dsa.client.admin.DsaAdmin;
import io.dsa.client.admin.UserInfo;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code dsa user list}. */
@Command(name = "list", description = "Lists the server's users.")
final class ListUsersCommand implements Runnable {
  @Mixin private AdminOption server;
  @Mixin private OutputOption output;

  @Override
  public void run() {
    List<UserInfo> users = server.ask(DsaAdmin::users);
    output.print(
        () -> UserTable.lines(users),
        () -> new Json.UserList(users.stream().map(Json.User::of).toList()));
  }
}
