package io.dsa.server;

import io.dsa.protocol.ErrorCode;

/** A request that is refused; becomes an error reply. */
final class RequestException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ErrorCode code;

  RequestException(ErrorCode code, String message) {
    super(message);
    this.code = code;
  }

  ErrorCode code() {
    return code;
  }
}
