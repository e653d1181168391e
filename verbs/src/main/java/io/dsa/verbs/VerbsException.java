package io.dsa.verbs;

/** A verb that failed: which one, on what, and the errno that it gave. */
public final class VerbsException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int errno;

  VerbsException(String what, int errno) {
    super(what + ": " + Errno.text(errno));
    this.errno = errno;
  }

  VerbsException(String what, Exception cause) {
    super(what + ": " + cause.getMessage(), cause);
    this.errno = 0;
  }

  VerbsException(String what, int errno, Throwable cause) {
    super(what + ": " + Errno.text(errno), cause);
    this.errno = errno;
  }

  VerbsException(String what) {
    super(what);
    this.errno = 0;
  }

  /** The errno of errno(3), or 0 where the failure had none. */
  public int errno() {
    return errno;
  }
}
