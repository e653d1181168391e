package io.dsa.client;

import io.dsa.protocol.ErrorCode;
import java.util.Optional;

/** Why something could not be done: one line for people, a category for programs. */
public final class DsaException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What kind of trouble. */
  public enum Category {
    /** This machine has no RDMA device that leads to the server. */
    NO_DEVICE,
    /** The server's host does not answer. */
    UNREACHABLE,
    /** Nobody listens there, or the server takes no more clients. */
    REFUSED,
    /** The server did not answer in time. */
    TIMED_OUT,
    /** The connection was lost. */
    DISCONNECTED,
    /**
     * One end could not prove to the other who it is, the credentials cannot be used, or the user
     * may not do that.
     */
    NOT_PERMITTED,
    /** The server took the access to the volume away. */
    ACCESS_DENIED,
    /** This end closed the volume before the request had completed. */
    CLOSED,
    /** What was written is not known to be durable, or is known to be lost. */
    NOT_DURABLE,
    UNKNOWN_VOLUME,
    EXISTS,
    NO_SPACE,
    /** Somebody else has the volume open. */
    BUSY,
    /** A limit that the operator set is reached, or one of the server's machine. */
    LIMIT,
    /** A name, size or range that makes no sense. */
    INVALID,
    /** Server, hardware or this version cannot do that. */
    UNSUPPORTED,
    /** Storage or memory failed. */
    IO,
    /** A defect. */
    INTERNAL
  }

  private final Category category;

  /** Null where this end found the trouble itself; an Optional is not serializable. */
  private final ErrorCode refusal;

  public DsaException(Category category, String message) {
    this(category, null, message, null);
  }

  public DsaException(Category category, String message, Throwable cause) {
    this(category, null, message, cause);
  }

  /** What a server answers to a request that it refuses. */
  public DsaException(ErrorCode refusal, String message) {
    this(categoryOf(refusal), refusal, message, null);
  }

  private DsaException(Category category, ErrorCode refusal, String message, Throwable cause) {
    super(message, cause);
    this.category = category;
    this.refusal = refusal;
  }

  /** The same failure once more, with the stack of who asks for this. */
  static DsaException again(DsaException failure) {
    return new DsaException(failure.category, failure.refusal, failure.getMessage(), failure);
  }

  public Category category() {
    return category;
  }

  /** Whether it says that an open volume is no longer its client's. */
  boolean isRevocation() {
    return switch (category) {
      case ACCESS_DENIED, UNKNOWN_VOLUME, NOT_PERMITTED -> true;
      default -> false;
    };
  }

  /**
   * What the server said, in its own terms; empty where it did not refuse anything. Tells its
   * refusals apart from what this end found wrong with the server, which may be in one category.
   */
  public Optional<ErrorCode> refusal() {
    return Optional.ofNullable(refusal);
  }

  /** The kind of trouble that a server's refusal is. */
  public static Category categoryOf(ErrorCode code) {
    return switch (code) {
      case UNKNOWN_VOLUME, UNKNOWN_POOL, UNKNOWN_USER, UNKNOWN_SESSION -> Category.UNKNOWN_VOLUME;
      case VOLUME_EXISTS, USER_EXISTS -> Category.EXISTS;
      case NO_SPACE -> Category.NO_SPACE;
      case INVALID_NAME, INVALID_SIZE, BAD_REQUEST -> Category.INVALID;
      case VOLUME_BUSY -> Category.BUSY;
      case TAKEN_OVER -> Category.ACCESS_DENIED;
      case UNSUPPORTED, VOLATILE_VOLUME, READ_ONLY, VERSION -> Category.UNSUPPORTED;
      case LIMIT, RESOURCES -> Category.LIMIT;
      case UNKNOWN_TOKEN, NOT_OPEN, SHUTTING_DOWN -> Category.DISCONNECTED;
      case IO_ERROR -> Category.IO;
      case AUTHENTICATION_FAILED, NOT_PERMITTED -> Category.NOT_PERMITTED;
      case INTERNAL, UNRECOGNISED -> Category.INTERNAL;
    };
  }
}
