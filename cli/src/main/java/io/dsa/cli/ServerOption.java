package io.dsa.cli;

import io.dsa.client.ClientOptions;
import io.dsa.client.Credentials;
import io.dsa.client.DsaClient;
import io.dsa.client.DsaException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Which server a command talks to, and as whom. */
final class ServerOption {
  /**
   * Short enough for an error within ten seconds where the host is down, too: until the device
   * gives up, and what is open is closed, some seven are gone.
   */
  private static final Duration AGAIN = Duration.ofSeconds(2);

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--server",
      paramLabel = "HOST[:PORT]",
      defaultValue = "${env:DSA_SERVER}",
      showDefaultValue = Visibility.NEVER,
      converter = ServerAddress.class,
      description = "The server; port 7470 where none is named. Default: the variable DSA_SERVER.")
  private InetSocketAddress address;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      defaultValue = "${env:DSA_TIMEOUT:-5}",
      showDefaultValue = Visibility.NEVER,
      description = "How long the server may take to answer. Default: DSA_TIMEOUT, or 5.")
  private int timeoutSeconds;

  @Mixin private CredentialsOption credentials;

  /** Connects to the server as the user that the command is. */
  @FunctionalInterface
  interface Connector {
    DsaClient connect(ClientOptions options);
  }

  /** What a command does with a connection that it makes. */
  @FunctionalInterface
  interface Work<T> {
    T run(Connector connector) throws IOException;
  }

  /**
   * Does what needs a connection. Where that was lost because the server does not let the user in
   * any more, the failure says so.
   */
  <T> T connected(Work<T> work) throws IOException {
    if (timeoutSeconds < 1) {
      throw new ParameterException(command.commandLine(), "--timeout must be at least 1 second");
    }
    String server = text();
    // Once: the file may be another one, or gone, by the time that the connection is lost.
    Optional<Credentials> known = credentials.read();
    LostConnection lost =
        new LostConnection(
            server,
            known.map(Credentials::user).orElse("nobody"),
            () -> connect(known, ClientOptions.defaults(), AGAIN).close());
    Connector connector =
        options -> {
          DsaClient client = connect(known, options, Duration.ofSeconds(timeoutSeconds));
          lost.made();
          return client;
        };
    return lost.explained(() -> work.run(connector));
  }

  private DsaClient connect(Optional<Credentials> known, ClientOptions options, Duration timeout) {
    ClientOptions complete =
        options
            .withName("dsa " + command.name() + " (" + options.name() + ")")
            .withTimeout(timeout);
    if (known.isPresent()) {
      complete = complete.withCredentials(known.get());
    }
    try {
      return DsaClient.connect(
          new InetSocketAddress(named().getHostString(), named().getPort()), complete);
    } catch (DsaException e) {
      throw known.isEmpty() && e.category() == DsaException.Category.NOT_PERMITTED
          ? new CliException(
              ExitCode.NOT_PERMITTED,
              e.getMessage() + "; name their file by --credentials or DSA_CREDENTIALS",
              e)
          : e;
    }
  }

  /** For messages. */
  String text() {
    return named().getHostString() + ":" + named().getPort();
  }

  private InetSocketAddress named() {
    if (address == null) {
      throw new ParameterException(
          command.commandLine(), "which server? Name it by --server HOST:PORT or DSA_SERVER");
    }
    return address;
  }
}
