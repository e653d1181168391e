package io.dsa.verbs.darpc;

/** A listener, a connection or a call that failed, and why. Immutable. */
public final class RpcException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What went wrong, for programs. */
  public enum Reason {
    /** No way to the address, or nobody at it. */
    UNREACHABLE,
    /** Somebody is there, and nothing listens on the port or who listens says no. */
    REFUSED,
    /** The server has all the connections that it takes. */
    FULL,
    /** No answer in time. A call may have been carried out all the same. */
    TIMED_OUT,
    /** No RDMA device here, or none that has the address. */
    NO_DEVICE,
    /** Another listener has the port. */
    ADDRESS_IN_USE,
    /** The connection broke or the peer ended it. A call may have been carried out all the same. */
    DISCONNECTED,
    /** Closed on this side. A call may have been carried out all the same. */
    CLOSED,
    /** Longer than {@link RpcLimits#maxMessageBytes()}. Nothing was sent. */
    TOO_LARGE,
    /**
     * All of the pipeline was taken until the deadline, or too many callers wait for it. Nothing
     * was sent.
     */
    BUSY,
    /** Anything else: the message and the cause tell. */
    FAILED
  }

  private final Reason reason;

  RpcException(Reason reason, String message) {
    this(reason, message, null);
  }

  RpcException(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}
