package io.dsa.cli;

import io.dsa.client.admin.IssuedSecret;
import io.dsa.client.admin.UserQuotas;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code dsa user add}. */
@Command(
    name = "add",
    description =
        "Makes a user. Prints the new credentials, NAME:SECRET, which are shown this once.")
final class AddUserCommand implements Runnable {
  @Parameters(paramLabel = "NAME", description = "The user, new on this server.")
  private String name;

  @Option(names = "--as-admin", description = "Let the user administer the server.")
  private boolean asAdmin;

  @Mixin private QuotaOptions quotas;
  @Mixin private AdminOption server;
  @Mixin private OutputOption output;

  @Override
  public void run() {
    IssuedSecret issued =
        server.ask(admin -> admin.addUser(name, asAdmin, quotas.over(UserQuotas.NONE)));
    output.print(
        () -> List.of(issued.user().name() + ":" + issued.secret()),
        () -> Json.UserSecret.of(issued));
  }
}
