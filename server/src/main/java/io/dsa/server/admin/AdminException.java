package io.dsa.server.admin;

/** Why the admin plane cannot be opened; one line that names the thing and what to do. */
public final class AdminException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What kind of trouble. */
  public enum Category {
    /** The keystore cannot be read, made or used. */
    KEYSTORE,
    /** The address cannot be listened on. */
    ADDRESS
  }

  private final Category category;

  AdminException(Category category, String message) {
    super(message);
    this.category = category;
  }

  AdminException(Category category, String message, Throwable cause) {
    super(message, cause);
    this.category = category;
  }

  public Category category() {
    return category;
  }
}
