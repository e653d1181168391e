package io.dsa.server.admin;

import io.dsa.protocol.ErrorCode;

/** A request that is refused; becomes an answer with a status, this code and this line. */
public final class RefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ErrorCode code;

  public RefusedException(ErrorCode code, String message) {
    super(message);
    this.code = code;
  }

  public RefusedException(ErrorCode code, String message, Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  public ErrorCode code() {
    return code;
  }
}
