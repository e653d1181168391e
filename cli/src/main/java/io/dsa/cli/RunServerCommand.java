package io.dsa.cli;

import io.dsa.sal.ByteSize;
import io.dsa.server.DsaServer;
import io.dsa.server.ServerConfig;
import io.dsa.server.ServerConfigFile;
import io.dsa.server.ServerException;
import io.dsa.server.access.Users;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.logging.Level;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code dsa server}. */
@Command(
    name = "server",
    description =
        "Serves pools in the foreground. Prints one line when clients can connect; SIGTERM and"
            + " SIGINT end it cleanly.")
final class RunServerCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      required = true,
      description = "The configuration, in YAML; see docs/operations.md.")
  private Path config;

  @Option(
      names = "--insecure",
      description =
          "Let everybody do everything, for a laboratory: no users, no state directory. Refused"
              + " unless it listens on a loopback, link-local or private address.")
  private boolean insecure;

  @Override
  public Integer call() throws InterruptedException {
    CommonOptions common = CommonOptions.of(spec.commandLine());
    Logging.configure(common.level(Level.INFO));
    PrintWriter err = spec.commandLine().getErr();
    PrintWriter out = spec.commandLine().getOut();
    DsaServer server = start(ServerConfigFile.read(config), out, err);
    Thread onSignal = new Thread(() -> stop(server, err, common.isVerbose()), "stop");
    Runtime.getRuntime().addShutdownHook(onSignal);
    server
        .adminAddress()
        .ifPresent(address -> out.println(adminLine(address, server.adminFingerprint())));
    out.println(readyLine(server));
    out.flush();
    ServerException failure = server.awaitFailure();
    if (isEnding(onSignal)) {
      return ExitCode.OK.status();
    }
    closeAfter(failure, server);
    throw failure;
  }

  private DsaServer start(ServerConfig configuration, PrintWriter out, PrintWriter err) {
    if (insecure) {
      DsaServer server = DsaServer.startInsecure(configuration);
      err.println(
          "dsa: warning: --insecure: whoever reaches "
              + configuration.listen().getHostString()
              + " can read, change and delete everything");
      err.flush();
      return server;
    }
    return DsaServer.start(
        configuration,
        credentials -> {
          out.println(
              "first start: user "
                  + Users.FIRST_ADMIN
                  + " is made, its credentials are in "
                  + credentials);
          out.flush();
        });
  }

  /** Whether a signal has come, whose thread closes the server and ends the process. */
  private static boolean isEnding(Thread onSignal) {
    try {
      return !Runtime.getRuntime().removeShutdownHook(onSignal);
    } catch (IllegalStateException shuttingDown) {
      return true;
    }
  }

  private static void closeAfter(ServerException failure, DsaServer server) {
    try {
      server.close();
    } catch (RuntimeException e) {
      failure.addSuppressed(e);
    }
  }

  private static String adminLine(InetSocketAddress address, Optional<String> fingerprint) {
    return "administered at https://"
        + address.getHostString()
        + ":"
        + address.getPort()
        + ", fingerprint "
        + fingerprint.orElseThrow();
  }

  /** In one line: where, which run of the server, and what it serves. */
  private static String readyLine(DsaServer server) {
    return "listening on "
        + server.address().getHostString()
        + ":"
        + server.address().getPort()
        + ", instance "
        + server.instanceId()
        + ", pools "
        + server.pools().stream()
            .map(pool -> pool.uri() + " (" + ByteSize.format(pool.free()) + " free)")
            .collect(Collectors.joining(", "));
  }

  /** Halts, since a JVM that is ended by a signal otherwise says so by its exit status. */
  private static void stop(DsaServer server, PrintWriter err, boolean verbose) {
    int status = ExitCode.OK.status();
    try {
      server.close();
    } catch (RuntimeException e) {
      status = FailureMapper.report(e, err, verbose);
    }
    Runtime.getRuntime().halt(status);
  }
}
