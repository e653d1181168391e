package io.dsa.cli;

import io.dsa.client.DsaException;
import io.dsa.sal.StorageException;
import io.dsa.server.ServerException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** The one place where what was thrown becomes one line on stderr and an exit code. */
final class FailureMapper implements IExecutionExceptionHandler, IParameterExceptionHandler {

  /** What is printed, without the name of the program, and how the process exits. */
  record Failure(ExitCode exitCode, String line) {}

  @Override
  public int handleExecutionException(
      Exception thrown, CommandLine command, ParseResult parseResult) {
    return report(thrown, command.getErr(), CommonOptions.of(command).isVerbose());
  }

  @Override
  public int handleParseException(ParameterException thrown, String[] arguments) {
    CommandLine command = thrown.getCommandLine();
    String line =
        thrown.getMessage().lines().findFirst().orElse("wrong usage")
            + "; see '"
            + command.getCommandSpec().qualifiedName()
            + " --help'";
    print(new Failure(ExitCode.USAGE, line), command.getErr());
    return ExitCode.USAGE.status();
  }

  static int report(Throwable thrown, PrintWriter err, boolean verbose) {
    Failure failure = describe(thrown);
    print(failure, err);
    if (verbose) {
      thrown.printStackTrace(err);
      err.flush();
    }
    return failure.exitCode().status();
  }

  private static void print(Failure failure, PrintWriter err) {
    err.println("dsa: " + printable(failure.line()));
    err.flush();
  }

  static Failure describe(Throwable thrown) {
    return switch (thrown) {
      case CliException e -> new Failure(e.exitCode(), e.getMessage());
      case DsaException e -> describe(e);
      case ServerException e -> new Failure(exitCodeOf(e), e.getMessage() + remedy(e.getCause()));
      case StorageException e -> new Failure(exitCodeOf(e), e.getMessage() + remedy(e));
      case UncheckedIOException e -> describe(e.getCause());
      case IOException e -> new Failure(ExitCode.IO, reason(e));
      case LinkageError e -> new Failure(ExitCode.NO_DEVICE, missingLibrary(e));
      case OutOfMemoryError e ->
          new Failure(
              ExitCode.LIMIT,
              "out of memory: " + e.getMessage() + "; give it more with DSA_JAVA_OPTS=-Xmx…");
      default -> new Failure(ExitCode.INTERNAL, defect(thrown));
    };
  }

  private static Failure describe(DsaException e) {
    return switch (e.category()) {
      case NO_DEVICE -> new Failure(ExitCode.NO_DEVICE, e.getMessage());
      case UNREACHABLE -> new Failure(ExitCode.UNREACHABLE, e.getMessage());
      case REFUSED -> new Failure(ExitCode.REFUSED, e.getMessage());
      case TIMED_OUT -> new Failure(ExitCode.TIMED_OUT, e.getMessage());
      case DISCONNECTED ->
          new Failure(ExitCode.DISCONNECTED, e.getMessage() + "; is the server still running?");
      case UNKNOWN_VOLUME -> new Failure(ExitCode.UNKNOWN_VOLUME, e.getMessage());
      case EXISTS -> new Failure(ExitCode.EXISTS, e.getMessage());
      case NO_SPACE ->
          new Failure(ExitCode.NO_SPACE, e.getMessage() + "; 'dsa pool list' shows what is free");
      case BUSY, ACCESS_DENIED -> new Failure(ExitCode.BUSY, e.getMessage());
      case LIMIT -> new Failure(ExitCode.LIMIT, e.getMessage());
      case NOT_PERMITTED -> new Failure(ExitCode.NOT_PERMITTED, e.getMessage());
      case INVALID -> new Failure(ExitCode.INVALID, e.getMessage());
      case UNSUPPORTED -> new Failure(ExitCode.UNSUPPORTED, e.getMessage());
      case IO, NOT_DURABLE -> new Failure(ExitCode.IO, e.getMessage());
      case INTERNAL, CLOSED -> new Failure(ExitCode.INTERNAL, defect(e));
    };
  }

  private static ExitCode exitCodeOf(ServerException e) {
    return switch (e.category()) {
      case CONFIGURATION -> ExitCode.CONFIGURATION;
      case NETWORK -> ExitCode.NETWORK;
      case UNSUPPORTED -> ExitCode.UNSUPPORTED;
      case STORAGE ->
          e.getCause() instanceof StorageException storage ? exitCodeOf(storage) : ExitCode.STORAGE;
    };
  }

  private static ExitCode exitCodeOf(StorageException e) {
    return switch (e.category()) {
      case NO_DEVICE, WRONG_KIND, NO_POOL, CORRUPT, TOO_NEW -> ExitCode.STORAGE;
      case BUSY -> ExitCode.BUSY;
      case NOT_BLANK, EXISTS -> ExitCode.EXISTS;
      case NO_SPACE -> ExitCode.NO_SPACE;
      case UNKNOWN -> ExitCode.UNKNOWN_VOLUME;
      case INVALID -> ExitCode.INVALID;
      case UNSUPPORTED -> ExitCode.UNSUPPORTED;
      case PERMISSION, IO -> ExitCode.IO;
    };
  }

  /** What the command line has for a pool that cannot be opened; the message says what is wrong. */
  private static String remedy(Throwable thrown) {
    if (!(thrown instanceof StorageException e)) {
      return "";
    }
    return switch (e.category()) {
      case CORRUPT -> "; 'dsa pool check' shows what is wrong and what is left";
      case TOO_NEW -> "; use the DSA that formatted it, or a newer one";
      default -> "";
    };
  }

  private static String reason(IOException e) {
    return switch (e) {
      case NoSuchFileException missing -> missing.getFile() + ": no such file or directory";
      case AccessDeniedException denied -> denied.getFile() + ": permission denied";
      case FileAlreadyExistsException there -> there.getFile() + ": is already there";
      case FileSystemException other when other.getReason() != null ->
          other.getFile() + ": " + other.getReason();
      default -> e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    };
  }

  /** Where librdmacm or libibverbs is missing, the loader's message names it. */
  private static String missingLibrary(LinkageError e) {
    Throwable cause = e;
    while (cause.getCause() != null) {
      String message = String.valueOf(cause.getMessage());
      if (message.startsWith("libdisni.so is not")) {
        return message + "; take bin, lib and lib/native from one build";
      }
      cause = cause.getCause();
    }
    return "cannot load the RDMA library: " + cause.getMessage() + "; is rdma-core installed?";
  }

  private static String defect(Throwable e) {
    String what = e instanceof DsaException ? e.getMessage() : e.toString();
    return "internal error: " + what + "; run it again with --verbose and report what it prints";
  }

  /** One line, whatever a file name or a message of somebody else holds. */
  private static String printable(String line) {
    StringBuilder out = new StringBuilder();
    line.strip()
        .codePoints()
        .map(c -> c == '\n' ? ' ' : Character.isISOControl(c) ? '?' : c)
        .forEach(out::appendCodePoint);
    return out.toString();
  }
}
