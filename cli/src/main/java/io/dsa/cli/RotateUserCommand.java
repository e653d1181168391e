package io.dsa.cli;

import io.dsa.client.admin.IssuedSecret;
import java.time.Duration;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code dsa user rotate}. */
@Command(
    name = "rotate",
    description =
        "Gives a user another secret. Prints the new credentials, NAME:SECRET, which are shown this once.")
final class RotateUserCommand implements Runnable {
  @Parameters(paramLabel = "NAME", description = "The user.")
  private String name;

  @Option(
      names = "--overlap",
      paramLabel = "SECONDS",
      defaultValue = "3600",
      description = "How long the old secret stays good. Default: 3600.")
  private long overlapSeconds;

  @Mixin private AdminOption server;
  @Mixin private OutputOption output;

  @Override
  public void run() {
    IssuedSecret issued =
        server.ask(admin -> admin.rotateSecret(name, Duration.ofSeconds(overlapSeconds)));
    output.print(
        () -> List.of(issued.user().name() + ":" + issued.secret()),
        () -> Json.UserSecret.of(issued));
  }
}
