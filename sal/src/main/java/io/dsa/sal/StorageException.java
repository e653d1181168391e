package io.dsa.sal;

import java.util.Objects;

/**
 * A device, pool or volume cannot do what was asked. The message is one line for people: what, on
 * which device, and what to do about it where there is something.
 */
public final class StorageException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What kind of failure, for programs. */
  public enum Category {
    /** There is no such device. */
    NO_DEVICE,
    /** It is a file or device of another kind. */
    WRONG_KIND,
    /** The user may not open it. */
    PERMISSION,
    /** This machine lacks something, such as a library. */
    UNSUPPORTED,
    /** Another process, or another part of this one, has it. */
    BUSY,
    /** The device holds no pool. */
    NO_POOL,
    /** The device holds something that formatting would destroy. */
    NOT_BLANK,
    /** What is on the device contradicts itself or the device. */
    CORRUPT,
    /** A newer DSA wrote the pool. */
    TOO_NEW,
    /** There is not enough space. */
    NO_SPACE,
    /** A volume or file of that name is there already. */
    EXISTS,
    /** There is no volume of that name. */
    UNKNOWN,
    /** A name, size or URI makes no sense. */
    INVALID,
    /** The device, or a call to the operating system on it, failed. */
    IO
  }

  /** Never null. */
  private final Category category;

  public StorageException(Category category, String message) {
    super(message);
    this.category = Objects.requireNonNull(category, "category");
  }

  public StorageException(Category category, String message, Throwable cause) {
    super(message, cause);
    this.category = Objects.requireNonNull(category, "category");
  }

  /** Returns the kind of failure. */
  public Category category() {
    return category;
  }
}
