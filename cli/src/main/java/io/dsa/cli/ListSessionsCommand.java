package io.dsa.cli;

import io.dsa.client.admin.DsaAdmin;
import io.dsa.client.admin.SessionInfo;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code dsa session list}. */
@Command(
    name = "list",
    description = "Lists the sessions of clients; for who is no admin, their own.")
final class ListSessionsCommand implements Runnable {
  @Mixin private AdminOption server;
  @Mixin private OutputOption output;

  @Override
  public void run() {
    List<SessionInfo> sessions = server.ask(DsaAdmin::sessions);
    output.print(
        () -> table(sessions).lines(),
        () -> new Json.SessionList(sessions.stream().map(Json.Session::of).toList()));
  }

  private static Table table(List<SessionInfo> sessions) {
    Table table = new Table("SESSION", "USER", "CLIENT", "ADDRESS", "QUEUES", "VOLUMES");
    for (SessionInfo session : sessions) {
      table.row(
          session.id(),
          session.user(),
          session.client(),
          session.address(),
          session.queues(),
          session.volumes().stream()
              .map(open -> open.volume() + " (" + Words.of(open.mode()) + ")")
              .collect(Collectors.joining(", ")));
    }
    return table;
  }
}
