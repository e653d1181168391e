package io.dsa.sal;

import java.util.Objects;

/**
 * How to format a pool.
 *
 * @param force whether to destroy what the device holds
 * @param name of the pool, for people, up to 255 bytes of UTF-8; may be empty
 */
public record FormatOptions(boolean force, String name) {
  public FormatOptions {
    Objects.requireNonNull(name, "name");
  }

  /** Returns options that refuse a device that is not blank, and no name. */
  public static FormatOptions careful() {
    return new FormatOptions(false, "");
  }
}
