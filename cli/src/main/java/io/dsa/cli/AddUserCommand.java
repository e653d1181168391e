package io.dsa.cli;

import io.dsa.client.admin.IssuedSecret;
import io.dsa.client.admin.UserQuotas;
import java.util.List;
import java.util.OptionalInt;
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

  @Option(
      names = "--max-sessions",
      paramLabel = "N",
      description = "Sessions at a time. Default: the server's own limit.")
  private Integer sessions;

  @Option(
      names = "--max-queues",
      paramLabel = "N",
      description = "Data queues at a time. Default: the server's own limit.")
  private Integer queues;

  @Option(
      names = "--max-windows",
      paramLabel = "N",
      description = "Memory windows at a time. Default: the server's own limit.")
  private Integer windows;

  @Mixin private AdminOption server;
  @Mixin private OutputOption output;

  @Override
  public void run() {
    UserQuotas quotas = new UserQuotas(bound(sessions), bound(queues), bound(windows));
    IssuedSecret issued = server.ask(admin -> admin.addUser(name, asAdmin, quotas));
    output.print(
        () -> List.of(issued.user().name() + ":" + issued.secret()),
        () -> Json.UserSecret.of(issued));
  }

  private static OptionalInt bound(Integer given) {
    return given == null ? OptionalInt.empty() : OptionalInt.of(given);
  }
}
