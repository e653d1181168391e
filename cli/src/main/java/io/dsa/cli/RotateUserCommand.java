package io.dsa.cli;

import io.dsa.client.admin.IssuedSecret;
import java.time.Duration;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

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
      converter = Seconds.class,
      description =
          "How long the old secret stays good: from 0, which ends it at once, to 7776000, which is"
              + " 90 days. Default: 3600.")
  private Duration overlap;

  @Mixin private AdminOption server;
  @Mixin private OutputOption output;

  @Override
  public void run() {
    IssuedSecret issued = server.ask(admin -> admin.rotateSecret(name, overlap));
    output.print(
        () -> List.of(issued.user().name() + ":" + issued.secret()),
        () -> Json.UserSecret.of(issued));
  }

  /** Any whole number of seconds; which of them make sense is the server's to say. */
  static final class Seconds implements ITypeConverter<Duration> {
    @Override
    public Duration convert(String text) {
      try {
        return Duration.ofSeconds(Long.parseLong(text));
      } catch (NumberFormatException e) {
        throw new TypeConversionException(
            "'" + text + "' is no number of seconds, such as 86400 for a day");
      }
    }
  }
}
