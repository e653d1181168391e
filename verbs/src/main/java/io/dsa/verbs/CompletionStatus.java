package io.dsa.verbs;

/** Status of a completion: enum ibv_wc_status of ibv_poll_cq(3). */
public final class CompletionStatus {
  public static final int SUCCESS = 0;
  public static final int LOCAL_LENGTH_ERROR = 1;
  public static final int LOCAL_PROTECTION_ERROR = 4;
  public static final int WORK_REQUEST_FLUSHED = 5;
  public static final int MEMORY_WINDOW_BIND_ERROR = 6;
  public static final int REMOTE_INVALID_REQUEST = 9;
  public static final int REMOTE_ACCESS_ERROR = 10;
  public static final int REMOTE_OPERATION_ERROR = 11;
  public static final int RETRY_EXCEEDED = 12;
  public static final int RNR_RETRY_EXCEEDED = 13;

  private CompletionStatus() {}

  /** The status in words, for messages and logs. */
  public static String text(int status) {
    return switch (status) {
      case SUCCESS -> "success";
      case LOCAL_LENGTH_ERROR -> "local length error";
      case LOCAL_PROTECTION_ERROR -> "local protection error";
      case WORK_REQUEST_FLUSHED -> "flushed: the queue pair is in error or closed";
      case MEMORY_WINDOW_BIND_ERROR -> "memory window bind error";
      case REMOTE_INVALID_REQUEST -> "remote invalid request";
      case REMOTE_ACCESS_ERROR -> "remote access error";
      case REMOTE_OPERATION_ERROR -> "remote operation error";
      case RETRY_EXCEEDED -> "the peer does not answer";
      case RNR_RETRY_EXCEEDED -> "the peer is not ready";
      default -> "status " + status;
    };
  }
}
