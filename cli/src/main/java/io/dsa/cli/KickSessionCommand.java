package io.dsa.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code dsa session kick}. */
@Command(
    name = "kick",
    description =
        "Ends a session: what it has open is taken at once. Its client may begin another one; to keep"
            + " a user out, remove it, or rotate its secret with --overlap 0 first.")
final class KickSessionCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "SESSION", description = "Its number; see 'dsa session list'.")
  private long session;

  @Mixin private AdminOption server;

  @Override
  public void run() {
    server.ask(admin -> {
      admin.kick(session);
      return session;
    });
    spec.commandLine().getOut().println("ended session " + session);
    spec.commandLine().getOut().flush();
  }
}
