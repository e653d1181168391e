package io.dsa.cli;

import io.dsa.client.Credentials;
import io.dsa.client.DsaException;
import io.dsa.client.admin.AdminOptions;
import io.dsa.client.admin.DsaAdmin;
import io.dsa.client.admin.FingerprintPin;
import io.dsa.client.admin.KnownServers;
import java.io.PrintWriter;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Which server a command administers, and as whom. */
final class AdminOption {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--admin",
      paramLabel = "URL",
      defaultValue = "${env:DSA_ADMIN:-https://127.0.0.1:7480}",
      showDefaultValue = Visibility.NEVER,
      description =
          "The server's admin plane. Its certificate is believed the first time, and has to be the"
              + " same from then on. Default: the variable DSA_ADMIN, or https://127.0.0.1:7480.")
  private String url;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      defaultValue = "${env:DSA_TIMEOUT:-8}",
      showDefaultValue = Visibility.NEVER,
      description = "How long the server may take to answer. Default: DSA_TIMEOUT, or 8.")
  private int timeoutSeconds;

  @Mixin private CredentialsOption credentials;

  /** Asks the server. */
  <T> T ask(Function<DsaAdmin, T> question) {
    if (timeoutSeconds < 1) {
      throw new ParameterException(command.commandLine(), "--timeout must be at least 1 second");
    }
    AdminOptions options = options().withTimeout(Duration.ofSeconds(timeoutSeconds));
    Optional<Credentials> known = credentials.read();
    if (known.isPresent()) {
      options = options.withCredentials(known.get());
    }
    try (DsaAdmin admin = DsaAdmin.of(options)) {
      return question.apply(admin);
    } catch (DsaException e) {
      throw known.isEmpty() && e.category() == DsaException.Category.NOT_PERMITTED
          ? new CliException(
              ExitCode.NOT_PERMITTED,
              e.getMessage() + "; name a file by --credentials or DSA_CREDENTIALS",
              e)
          : e;
    }
  }

  private AdminOptions options() {
    try {
      return AdminOptions.of(URI.create(url), pin());
    } catch (IllegalArgumentException e) {
      throw new ParameterException(
          command.commandLine(), "--admin: '" + url + "' is not https://HOST:PORT", e);
    }
  }

  private FingerprintPin pin() {
    String expected = System.getenv("DSA_ADMIN_FINGERPRINT");
    if (expected == null || expected.isEmpty()) {
      return new KnownServers(CredentialsOption.directory().resolve("known-servers"), this::note);
    }
    try {
      return FingerprintPin.of(expected);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(
          command.commandLine(), "DSA_ADMIN_FINGERPRINT: " + e.getMessage(), e);
    }
  }

  private void note(String line) {
    PrintWriter err = command.commandLine().getErr();
    err.println("dsa: " + line);
    err.flush();
  }
}
