package io.dsa.client;

import java.time.Duration;

/** Says in one line why an operation on a volume has failed. Immutable. */
final class OperationFailures {
  private final String volume;
  private final Duration deadline;

  /**
   * Of one volume.
   *
   * @param deadline of an operation
   */
  OperationFailures(String volume, Duration deadline) {
    this.volume = volume;
    this.deadline = deadline;
  }

  /** Of an operation that a queue refused or could not carry out. */
  DsaException of(Operation<?> operation, IoStatus status) {
    String what = "volume " + volume + ": " + operation.text();
    return switch (status) {
      case UNSUPPORTED ->
          new DsaException(
              DsaException.Category.UNSUPPORTED, what + ": the RDMA device cannot do that");
      case REMOTE_ERROR ->
          new DsaException(DsaException.Category.IO, what + ": the server could not carry it out");
      default -> new DsaException(DsaException.Category.IO, what + " failed here: " + status);
    };
  }

  /** Of one that must not be done twice, where the connection was lost before its answer came. */
  DsaException undecided(Operation<?> operation) {
    return new DsaException(
        DsaException.Category.DISCONNECTED,
        "volume "
            + volume
            + ": the connection was lost during a "
            + operation.text()
            + "; whether it took effect is not known, and it is not repeated");
  }

  /**
   * Of one whose deadline has passed.
   *
   * @param trouble why the volume is disconnected, or null where it is not
   */
  DsaException timedOut(Operation<?> operation, DsaException trouble) {
    return new DsaException(
        DsaException.Category.TIMED_OUT,
        "volume "
            + volume
            + ": "
            + operation.text()
            + " did not complete within "
            + deadline
            + (trouble == null ? "" : ", the volume being disconnected: " + trouble.getMessage()),
        trouble);
  }

  /** Of all, since the lane that had them has a defect. */
  DsaException defect(String lane, Throwable cause) {
    return new DsaException(
        DsaException.Category.INTERNAL, "volume " + volume + ", " + lane + ": " + cause, cause);
  }
}
