package io.dsa.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.logging.Level;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/** The {@code dsa} command. */
@Command(
    name = "dsa",
    synopsisSubcommandLabel = "COMMAND",
    description = "Stores data in a remote machine's non-volatile memory by one-sided RDMA.",
    versionProvider = Version.class,
    footerHeading = "%nEnvironment:%n",
    footer = {
      "  DSA_SERVER             where --server is not given: HOST:PORT of the server",
      "  DSA_ADMIN              where --admin is not given: URL of the server's admin plane",
      "  DSA_ADMIN_FINGERPRINT  SHA-256 of its certificate, instead of what is known of it",
      "  DSA_CREDENTIALS        where --credentials is not given: the file of them",
      "  DSA_TIMEOUT            where --timeout is not given: seconds",
      "  DSA_JAVA_HOME          the Java 25 to run on, where it is not found by itself",
      "  DSA_JAVA_OPTS          options for the Java virtual machine"
    })
public final class Dsa implements Callable<Integer> {
  /** As if the signal had ended the process, which is what it does to programs in C. */
  private static final int SIGPIPE_STATUS = 128 + 13;

  @Mixin private CommonOptions common;
  @Spec private CommandSpec spec;

  @Option(
      names = {"-V", "--version"},
      versionHelp = true,
      description = "Show the version, and which Java it runs on.")
  @SuppressWarnings("unused") // Picocli acts on it.
  private boolean version;

  Dsa() {}

  public static void main(String[] arguments) {
    System.exit(run(StandardOutput.install(), arguments));
  }

  private static int run(StandardOutput output, String... arguments) {
    CommandLine command = commandLine(arguments);
    int status = command.execute(arguments);
    Optional<IOException> failure = output.finish();
    if (failure.isEmpty()) {
      return status;
    }
    int lost = outputLost(failure.get(), command.getErr());
    return status == ExitCode.OK.status() ? lost : status;
  }

  private static int outputLost(IOException failure, PrintWriter err) {
    if ("Broken pipe".equals(failure.getMessage())) {
      // Whoever reads it has had enough, as in 'dsa volume list | head -1'.
      return SIGPIPE_STATUS;
    }
    return FailureMapper.report(
        new CliException(ExitCode.IO, "cannot write to stdout: " + failure.getMessage()),
        err,
        false);
  }

  /** The command as far as these arguments need it, with its failures as lines and exit codes. */
  static CommandLine commandLine(String... arguments) {
    FailureMapper failures = new FailureMapper();
    return CommandTree.of(arguments)
        .setExpandAtFiles(false)
        .setExecutionStrategy(Dsa::execute)
        .setExecutionExceptionHandler(failures)
        .setParameterExceptionHandler(failures);
  }

  /** Errors, such as a missing native library, take the same way as exceptions. */
  private static int execute(ParseResult parsed) {
    CommandLine root = parsed.commandSpec().commandLine();
    CommonOptions common = root.<Dsa>getCommand().common;
    Logging.configure(common.level(Level.WARNING));
    try {
      return new CommandLine.RunLast().execute(parsed);
    } catch (Error e) {
      return FailureMapper.report(e, root.getErr(), common.isVerbose());
    }
  }

  CommonOptions common() {
    return common;
  }

  @Override
  public Integer call() {
    return usage(spec);
  }

  /** What a command without a verb does. */
  static int usage(CommandSpec spec) {
    PrintWriter err = spec.commandLine().getErr();
    spec.commandLine().usage(err);
    err.flush();
    return ExitCode.USAGE.status();
  }
}
