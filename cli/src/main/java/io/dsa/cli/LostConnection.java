package io.dsa.cli;

import io.dsa.client.DsaException;
import io.dsa.protocol.ErrorCode;
import java.io.IOException;

/**
 * Why a connection was lost, as far as the server says it: the connection's end is the same for a
 * server that died and for a user that was removed, and only who connects again hears which.
 * Belongs to one run of a command; thread-safe.
 */
final class LostConnection {
  /** What a command does over a connection. */
  @FunctionalInterface
  interface Work<T> {
    T run() throws IOException;
  }

  private final String server;
  private final String user;
  private final Runnable again;
  private volatile boolean made;

  /**
   * Nothing is connected yet.
   *
   * @param server for messages
   * @param user who connects, for messages
   * @param again connects as that user and closes that connection
   */
  LostConnection(String server, String user, Runnable again) {
    this.server = server;
    this.user = user;
    this.again = again;
  }

  /** Says that the work has a connection, so that there is one to lose. */
  void made() {
    made = true;
  }

  /** Does the work, and where it fails because the connection was lost, connects again. */
  <T> T explained(Work<T> work) throws IOException {
    try {
      return work.run();
    } catch (CliException | DsaException e) {
      if (made && isNotKnown(e)) {
        // A request that was under way, or the work itself, which has connected again.
        throw notLetIn(e);
      }
      throw isLoss(e) ? explanation(e) : e;
    }
  }

  private static boolean isNotKnown(RuntimeException e) {
    return e instanceof DsaException dsa
        && dsa.refusal().filter(ErrorCode.AUTHENTICATION_FAILED::equals).isPresent();
  }

  /** A data queue that is being connected when the session ends is refused. */
  private boolean isLoss(RuntimeException e) {
    return e instanceof DsaException dsa
        ? dsa.category() == DsaException.Category.DISCONNECTED
            // Where there was no connection, nobody listens, and asking again takes only time.
            || (dsa.category() == DsaException.Category.REFUSED && made)
        : e instanceof CliException cli && cli.exitCode() == ExitCode.DISCONNECTED;
  }

  private RuntimeException explanation(RuntimeException loss) {
    try {
      again.run();
    } catch (RuntimeException e) {
      return refusal(e, loss);
    }
    return saying(
        "the server is there: it was restarted, an admin ended the session, or the network failed",
        loss);
  }

  /** What is to be said of the loss, where nobody can connect again. */
  private RuntimeException refusal(RuntimeException e, RuntimeException loss) {
    if (isNotKnown(e)) {
      loss.addSuppressed(e);
      return notLetIn(loss);
    }
    if (isNotPermitted(e)) {
      // Such as a server that cannot prove who it is, which must not pass for anything else.
      e.addSuppressed(loss);
      return e;
    }
    // Whatever else keeps this end from connecting says nothing about the first connection.
    loss.addSuppressed(e);
    // A connection that was refused says by itself what to do.
    return loss instanceof DsaException dsa && dsa.category() == DsaException.Category.REFUSED
        ? loss
        : saying("is the server still running?", loss);
  }

  private static CliException saying(String more, RuntimeException loss) {
    return new CliException(ExitCode.DISCONNECTED, loss.getMessage() + "; " + more, loss);
  }

  private static boolean isNotPermitted(RuntimeException e) {
    return e instanceof DsaException dsa
        ? dsa.category() == DsaException.Category.NOT_PERMITTED
        : e instanceof CliException cli && cli.exitCode() == ExitCode.NOT_PERMITTED;
  }

  private CliException notLetIn(RuntimeException loss) {
    return new CliException(
        ExitCode.NOT_PERMITTED,
        "server "
            + server
            + ": the connection was ended, and user "
            + user
            + " is not let in any more: it was removed, or has another secret",
        loss);
  }
}
