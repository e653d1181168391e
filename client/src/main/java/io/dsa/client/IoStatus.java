package io.dsa.client;

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
  /** The far end could not carry out the request. */
  REMOTE_ERROR,
  /** This end could not carry out the request. */
  LOCAL_ERROR,
  /** The queue was closed before the request completed, or before it was made. */
  CLOSED
}
