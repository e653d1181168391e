package io.dsa.server.access;

/** Why users could not be read or changed; one line that names the thing and what to do. */
public final class AccessException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What kind of trouble. */
  public enum Reason {
    /** The state directory, or a file in it, cannot be used. */
    STATE,
    /** There is no user of that name. */
    UNKNOWN_USER,
    /** A user of that name is there already. */
    USER_EXISTS,
    /** A name, a quota or a time that makes no sense. */
    INVALID,
    /** Nobody would be left to administer the server. */
    LAST_ADMIN,
    /** There is no room for another user or right. */
    FULL
  }

  private final Reason reason;

  AccessException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  AccessException(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}
