package io.dsa.verbs;

/** A connection that did not come about, and who or what prevented it. */
public final class ConnectException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What prevented the connection. */
  public enum Reason {
    /** No RDMA device of this machine leads there. */
    NO_DEVICE,
    /** The host does not answer. */
    UNREACHABLE,
    /** The host answers, but nobody listens on the port. */
    NOBODY_LISTENS,
    /** The program that listens refused. */
    REFUSED,
    /** The program that listens takes no more connections, or lacks what one needs. */
    LACKS_RESOURCES,
    /** The time ran out. */
    TIMED_OUT,
    /** The server agreed, and then the connection could not be completed at this end. */
    DISCONNECTED,
    /** A resource of this end ran out, or the connection was closed here meanwhile. */
    FAILED
  }

  private final Reason reason;
  private final byte[] answer;

  ConnectException(Reason reason, String message, byte[] answer, Throwable cause) {
    super(message, cause);
    this.reason = reason;
    this.answer = answer;
  }

  public Reason reason() {
    return reason;
  }

  /** The private data that came with a refusal; empty where there was none. */
  public byte[] answer() {
    return answer.clone();
  }
}
