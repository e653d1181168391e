package io.dsa.cli;

import io.dsa.client.Credentials;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Who a command is towards a server. */
final class CredentialsOption {
  private static final String NONE = "none";

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--credentials",
      paramLabel = "FILE",
      defaultValue = "${env:DSA_CREDENTIALS}",
      showDefaultValue = Visibility.NEVER,
      description =
          "The file of one line NAME:SECRET, closed to others; 'none' for a server that runs with"
              + " --insecure. Default: the variable DSA_CREDENTIALS, or dsa/credentials in"
              + " XDG_CONFIG_HOME or ~/.config where it is there.")
  private String file;

  /** Reads what is named, or what is in the usual place; empty where there is neither. */
  Optional<Credentials> read() {
    if (file == null || file.isEmpty()) {
      return Optional.of(usualPlace()).filter(Files::exists).map(Credentials::read);
    }
    if (file.equals(NONE)) {
      return Optional.empty();
    }
    try {
      return Optional.of(Credentials.read(Path.of(file)));
    } catch (InvalidPathException e) {
      throw new ParameterException(
          command.commandLine(), "--credentials: '" + file + "' is no path", e);
    }
  }

  private static Path usualPlace() {
    return directory().resolve("credentials");
  }

  /** Where a user's own files for DSA are. */
  static Path directory() {
    String configuration = System.getenv("XDG_CONFIG_HOME");
    // As its specification has it, one that is not absolute does not count.
    Path base =
        configuration != null && configuration.startsWith("/")
            ? Path.of(configuration)
            : Path.of(home(), ".config");
    return base.resolve("dsa");
  }

  private static String home() {
    String home = System.getenv("HOME");
    return home == null ? System.getProperty("user.home") : home;
  }
}
