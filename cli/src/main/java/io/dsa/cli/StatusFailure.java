package io.dsa.cli;

import io.dsa.client.IoStatus;

/** A queue's status as a failure of the command. */
final class StatusFailure {
  private StatusFailure() {}

  static CliException of(IoStatus status, String server, String volume, long offset) {
    String where = "volume " + volume + " at offset " + offset;
    return switch (status) {
      case DISCONNECTED, CLOSED ->
          new CliException(
              ExitCode.DISCONNECTED, "server " + server + ": the connection was lost on " + where);
      // A kernel that takes down a killed server may take its windows before its connections.
      case ACCESS_DENIED ->
          new CliException(
              ExitCode.DISCONNECTED,
              "server " + server + ": the access to " + where + " was taken back");
      case VOLATILE ->
          new CliException(
              ExitCode.UNSUPPORTED, "volume " + volume + " is volatile: nothing can be durable");
      case READ_ONLY ->
          new CliException(ExitCode.UNSUPPORTED, "volume " + volume + " is open for reading only");
      case UNSUPPORTED ->
          new CliException(
              ExitCode.UNSUPPORTED, "this machine's RDMA device cannot do this kind of I/O");
      case REMOTE_ERROR ->
          new CliException(ExitCode.IO, "server " + server + ": cannot carry out I/O on " + where);
      case LOCAL_ERROR ->
          new CliException(ExitCode.IO, "this machine's RDMA device cannot do I/O on " + where);
      case OK, QUEUE_FULL -> throw new IllegalStateException(status + " on " + where);
    };
  }
}
