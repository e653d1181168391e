package io.dsa.cli;

import io.dsa.client.DsaException;
import java.io.IOException;
import java.util.function.Function;

/**
 * Why a connection was lost, as far as the server says it: the connection's end is the same for a
 * server that died and for a user that was removed, and only who connects again hears which.
 */
final class LostConnection {
  /** What a command does over a connection. */
  @FunctionalInterface
  interface Work<T> {
    T run() throws IOException;
  }

  private LostConnection() {}

  /**
   * Does the work, and where it fails because the connection was lost, connects again.
   *
   * @param again connects and closes that connection
   * @param refused what is thrown where the server refuses that for who asks
   */
  static <T> T explained(
      Work<T> work, Runnable again, Function<RuntimeException, CliException> refused)
      throws IOException {
    try {
      return work.run();
    } catch (CliException | DsaException e) {
      throw isLoss(e) && isRefused(e, again) ? refused.apply(e) : e;
    }
  }

  /** Says that this user has no business there any more. */
  static CliException refused(String server, String user, RuntimeException loss) {
    return new CliException(
        ExitCode.NOT_PERMITTED,
        "server "
            + server
            + ": the connection was ended, and user "
            + user
            + " is not let in any more: it was removed, or has another secret",
        loss);
  }

  /** A data queue that is being connected when the session ends is refused. */
  private static boolean isLoss(RuntimeException e) {
    return e instanceof DsaException dsa
        ? dsa.category() == DsaException.Category.DISCONNECTED
            || dsa.category() == DsaException.Category.REFUSED
        : e instanceof CliException cli && cli.exitCode() == ExitCode.DISCONNECTED;
  }

  private static boolean isRefused(RuntimeException lost, Runnable again) {
    try {
      again.run();
      return false;
    } catch (CliException | DsaException e) {
      // Whatever else keeps this end from connecting says nothing about the first connection.
      lost.addSuppressed(e);
      return e instanceof DsaException dsa
          ? dsa.category() == DsaException.Category.NOT_PERMITTED
          : ((CliException) e).exitCode() == ExitCode.NOT_PERMITTED;
    }
  }
}
