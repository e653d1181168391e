package io.dsa.cli;

import io.dsa.client.admin.UserInfo;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code dsa user show}. */
@Command(name = "show", description = "Shows one user.")
final class ShowUserCommand implements Runnable {
  @Parameters(paramLabel = "NAME", description = "The user.")
  private String name;

  @Mixin private AdminOption server;
  @Mixin private OutputOption output;

  @Override
  public void run() {
    UserInfo user = server.ask(admin -> admin.user(name));
    output.print(() -> UserTable.lines(List.of(user)), () -> new Json.OneUser(Json.User.of(user)));
  }
}
