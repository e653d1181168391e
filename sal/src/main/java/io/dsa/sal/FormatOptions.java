package io.dsa.sal;

import io.dsa.sal.StorageException.Category;
import java.util.Objects;

/**
 * How to format a pool.
 *
 * @param force whether to destroy what the device holds
 * @param name of the pool, for people, up to 255 bytes of UTF-8; may be empty
 */
public record FormatOptions(boolean force, String name) {
  /**
   * Checks the name.
   *
   * @throws StorageException with category INVALID if it is too long, cannot be printed or is blank
   */
  public FormatOptions {
    VolumeNames.checkText("pool name", Objects.requireNonNull(name, "name"));
    if (!name.isEmpty() && name.isBlank()) {
      throw new StorageException(Category.INVALID, "a pool name cannot be blank; leave it out");
    }
    // What stands for something that was no text, as on a command line in another encoding.
    if (name.indexOf('\uFFFD') >= 0) {
      throw new StorageException(
          Category.INVALID, "pool name '" + Text.printable(name) + "' is not valid UTF-8");
    }
  }

  /** Returns options that refuse a device that is not blank, and no name. */
  public static FormatOptions careful() {
    return new FormatOptions(false, "");
  }
}
