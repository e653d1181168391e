package io.dsa.server;

/** Why the server cannot start or go on; one line that an operator can act on. */
public final class ServerException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What kind of trouble, for exit codes. */
  public enum Category {
    /** The configuration is wrong or cannot be read. */
    CONFIGURATION,
    /** The RDMA device or the address cannot be used. */
    NETWORK,
    /** A pool cannot be opened. */
    STORAGE,
    /** The RDMA device cannot reach a pool's memory. */
    UNSUPPORTED
  }

  private final Category category;

  ServerException(Category category, String message) {
    super(message);
    this.category = category;
  }

  ServerException(Category category, String message, Throwable cause) {
    super(message, cause);
    this.category = category;
  }

  public Category category() {
    return category;
  }
}
