package io.dsa.cli;

import io.dsa.client.admin.UserInfo;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code dsa user limit}. */
@Command(
    name = "limit",
    description =
        "Sets what all sessions of a user may take at a time. What is not named stays; what is"
            + " taken already stays too.")
final class LimitUserCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "NAME", description = "The user.")
  private String name;

  @Mixin private QuotaOptions quotas;
  @Mixin private AdminOption server;
  @Mixin private OutputOption output;

  @Override
  public void run() {
    if (quotas.areAbsent()) {
      throw new ParameterException(
          spec.commandLine(), "name one at least of --max-sessions, --max-queues, --max-windows");
    }
    UserInfo user =
        server.ask(admin -> admin.setQuotas(name, quotas.over(admin.user(name).quotas())));
    output.print(() -> UserTable.lines(List.of(user)), () -> new Json.OneUser(Json.User.of(user)));
  }
}
