package io.dsa.server;

import io.dsa.protocol.ErrorCode;
import io.dsa.sal.StorageException;

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

  /** What is said of a failure of the storage. */
  static ErrorCode codeOf(StorageException e) {
    return switch (e.category()) {
      case NO_SPACE -> ErrorCode.NO_SPACE;
      case EXISTS -> ErrorCode.VOLUME_EXISTS;
      case UNKNOWN -> ErrorCode.UNKNOWN_VOLUME;
      case INVALID -> ErrorCode.INVALID_SIZE;
      case BUSY -> ErrorCode.VOLUME_BUSY;
      case UNSUPPORTED -> ErrorCode.UNSUPPORTED;
      case NO_DEVICE, WRONG_KIND, PERMISSION, NO_POOL, NOT_BLANK, CORRUPT, TOO_NEW, IO ->
          ErrorCode.IO_ERROR;
    };
  }
}
