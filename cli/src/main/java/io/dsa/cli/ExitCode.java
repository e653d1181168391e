package io.dsa.cli;

/** What the exit status of {@code dsa} says. The numbers never change; docs/cli.md lists them. */
enum ExitCode {
  OK(0, "It is done."),
  INTERNAL(1, "A defect in `dsa` or in the server; `--verbose` shows where."),
  USAGE(2, "A command, option or argument is wrong or missing."),
  UNREACHABLE(3, "Nothing answers at the server's address, or its name is unknown."),
  REFUSED(4, "The host answers, but no DSA server listens on the port, or it refuses."),
  NO_DEVICE(5, "This machine has no RDMA device that leads to the server, or no rdma-core."),
  TIMED_OUT(6, "The server, or the way to it, gave no answer in time."),
  DISCONNECTED(
      7,
      "The connection was lost: the server or the network ended, or an admin ended the session."),
  UNKNOWN_VOLUME(
      8,
      "There is no volume, user or pool of the server of that name (any more), or no session of that"
          + " number."),
  EXISTS(9, "A volume or user of that name, or a pool on that device, is already there."),
  NO_SPACE(10, "It does not fit: the pool, the volume or the file system is too small."),
  BUSY(11, "Somebody else is using the volume or the device, or has taken the volume over."),
  INVALID(
      12,
      "A request makes no sense as it is: a name, a size that is too small, the URI of a device."),
  UNSUPPORTED(13, "The device, the volume or the server cannot do that."),
  LIMIT(
      14,
      "A limit is reached: a configured one, or the server's on locked memory, regions or"
          + " windows."),
  IO(15, "A file here, or the medium there, cannot be read or written."),
  CONFIGURATION(16, "The server's configuration is wrong or cannot be read."),
  STORAGE(17, "A pool's device is missing, of the wrong kind, or holds no usable pool."),
  NETWORK(
      18,
      "The server cannot use the address: no RDMA device has it (any more), or the port is in use."),
  CORRUPT(19, "`dsa bench --verify` read a block that does not hold what was written to it."),
  NOT_PERMITTED(
      20,
      "The server does not know the user or its secret (any more), the server cannot prove itself, the"
          + " user may not do that, or the credentials are missing or cannot be used.");

  private final int status;
  private final String meaning;

  ExitCode(int status, String meaning) {
    this.status = status;
    this.meaning = meaning;
  }

  int status() {
    return status;
  }

  /** One line for docs/cli.md. */
  String meaning() {
    return meaning;
  }
}
