package io.dsa.verbs.darpc;

import io.dsa.verbs.darpc.RpcException.Reason;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The errno inside an exception of DiSNI's, which carries it as text only. */
record SystemFailure(int errno) {
  private static final Pattern ERRNO = Pattern.compile("errno (\\d+)");

  private static final int ENOENT = 2;
  private static final int ENXIO = 6;
  private static final int ENOMEM = 12;
  private static final int ENODEV = 19;
  private static final int EADDRINUSE = 98;
  private static final int EADDRNOTAVAIL = 99;
  private static final int ENETUNREACH = 101;
  private static final int ETIMEDOUT = 110;
  private static final int ECONNREFUSED = 111;
  private static final int EHOSTUNREACH = 113;

  static SystemFailure of(Throwable cause) {
    String message = String.valueOf(cause.getMessage());
    Matcher matcher = ERRNO.matcher(message.toLowerCase(Locale.ROOT));
    return new SystemFailure(matcher.find() ? Integer.parseInt(matcher.group(1)) : 0);
  }

  /** For failures before any address comes into play. */
  RpcException withoutAddress(String what, Throwable cause) {
    return switch (errno) {
      case ENOENT, ENXIO, ENODEV ->
          new RpcException(
              Reason.NO_DEVICE,
              what + ": this machine has no RDMA device (is its driver, or rdma_rxe, loaded?)",
              cause);
      default -> asException(what, cause);
    };
  }

  RpcException asException(String what, Throwable cause) {
    return switch (errno) {
      case ENODEV, ENXIO, EADDRNOTAVAIL ->
          new RpcException(Reason.NO_DEVICE, what + ": no RDMA device has this address", cause);
      case EADDRINUSE ->
          new RpcException(Reason.ADDRESS_IN_USE, what + ": the port is in use", cause);
      case ENETUNREACH, EHOSTUNREACH ->
          new RpcException(Reason.UNREACHABLE, what + ": no route to this address", cause);
      case ECONNREFUSED -> new RpcException(Reason.REFUSED, what + ": refused", cause);
      case ETIMEDOUT -> new RpcException(Reason.TIMED_OUT, what + ": no answer in time", cause);
      case ENOMEM ->
          new RpcException(
              Reason.FAILED,
              what + ": out of memory, or over the limit on locked memory (ulimit -l)",
              cause);
      default -> new RpcException(Reason.FAILED, what + ": " + cause.getMessage(), cause);
    };
  }
}
