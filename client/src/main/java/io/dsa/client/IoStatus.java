package io.dsa.client;

import io.dsa.verbs.CompletionStatus;
import io.dsa.verbs.Errno;

/** What became of a request on an {@link IoQueue}, or why it was not taken. */
public enum IoStatus {
  /** Taken, or completed. */
  OK,
  /** Not taken: as many requests as the queue holds are in flight. Poll, then try again. */
  QUEUE_FULL,
  /** The connection is lost; whether the request took effect is not known. */
  DISCONNECTED,
  /** The server no longer grants this access; the queue is unusable. */
  ACCESS_DENIED,
  /** Not taken: the volume is volatile and nothing on it can be made durable. */
  VOLATILE,
  /** Not taken: the volume is open for reading only. */
  READ_ONLY,
  /** Not taken: the RDMA device of this end cannot do that. */
  UNSUPPORTED,
  /** The far end could not carry out the request. */
  REMOTE_ERROR,
  /** This end could not carry out the request. */
  LOCAL_ERROR,
  /** The queue was closed before the request completed, or before it was made. */
  CLOSED;

  /** What a status of {@link CompletionStatus} means to the caller. */
  static IoStatus ofCompletion(int status) {
    return switch (status) {
      case CompletionStatus.SUCCESS -> OK;
      case CompletionStatus.REMOTE_ACCESS_ERROR -> ACCESS_DENIED;
      case CompletionStatus.RETRY_EXCEEDED,
          CompletionStatus.RNR_RETRY_EXCEEDED,
          CompletionStatus.WORK_REQUEST_FLUSHED ->
          DISCONNECTED;
      case CompletionStatus.REMOTE_INVALID_REQUEST, CompletionStatus.REMOTE_OPERATION_ERROR ->
          REMOTE_ERROR;
      default -> LOCAL_ERROR;
    };
  }

  /** What an errno of posting means to the caller. */
  static IoStatus ofPost(int errno) {
    return switch (errno) {
      case 0 -> OK;
      case Errno.EBADF -> CLOSED;
      case Errno.ENOTCONN -> DISCONNECTED;
      case Errno.EOPNOTSUPP -> UNSUPPORTED;
      default -> LOCAL_ERROR;
    };
  }
}
