package io.dsa.sal;

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
   * @throws StorageException with category INVALID if it is too long or cannot be printed
   */
  public FormatOptions {
    VolumeNames.checkText("pool name", Objects.requireNonNull(name, "name"));
  }

  /** Returns options that refuse a device that is not blank, and no name. */
  public static FormatOptions careful() {
    return new FormatOptions(false, "");
  }
}
