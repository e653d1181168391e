package io.dsa.verbs;

/** The errors of errno(3) that verbs give, on Linux x86-64 and aarch64. */
public final class Errno {
  public static final int ENOENT = 2;
  public static final int EINTR = 4;
  public static final int EIO = 5;
  public static final int ENXIO = 6;
  public static final int EBADF = 9;
  public static final int EAGAIN = 11;
  public static final int ENOMEM = 12;
  public static final int EACCES = 13;
  public static final int EFAULT = 14;
  public static final int EBUSY = 16;
  public static final int ENODEV = 19;
  public static final int EINVAL = 22;
  public static final int ENOSYS = 38;
  public static final int EOPNOTSUPP = 95;
  public static final int EADDRINUSE = 98;
  public static final int EADDRNOTAVAIL = 99;
  public static final int ENETUNREACH = 101;
  public static final int ECONNRESET = 104;
  public static final int ENOTCONN = 107;
  public static final int ETIMEDOUT = 110;
  public static final int ECONNREFUSED = 111;
  public static final int EHOSTUNREACH = 113;
  public static final int ECANCELED = 125;

  private Errno() {}

  /** What an operator can read: the cause in words and the number. */
  public static String text(int errno) {
    String words =
        switch (errno) {
          case ENOENT -> "no such object";
          case EINTR -> "interrupted";
          case EIO -> "input/output error";
          case EBADF -> "closed, or never was";
          case EAGAIN -> "out of a limited resource for now";
          case ENOMEM -> "out of memory, of queue slots, or over the limit on locked memory";
          case EACCES -> "not permitted";
          case EFAULT -> "this memory cannot be reached by the device";
          case EBUSY -> "still in use";
          case ENXIO, ENODEV -> "no RDMA device";
          case EINVAL -> "invalid argument";
          case ENOSYS, EOPNOTSUPP -> "not supported by this device or kernel";
          case EADDRINUSE -> "address already in use";
          case EADDRNOTAVAIL -> "no RDMA device has this address";
          case ENETUNREACH, EHOSTUNREACH -> "no route to this address";
          case ECONNRESET -> "connection reset";
          case ENOTCONN -> "not connected";
          case ETIMEDOUT -> "no answer in time";
          case ECONNREFUSED -> "connection refused";
          case ECANCELED -> "woken or closed while waiting";
          default -> "failed";
        };
    return words + " (errno " + errno + ")";
  }
}
