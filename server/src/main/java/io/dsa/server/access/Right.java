package io.dsa.server.access;

import java.util.Locale;

/** What a user may do with one volume. The numbers are in the file of users and never change. */
public enum Right {
  /** Open it for reading. */
  READ(1),
  /** Open it for reading and writing, alone or with others. */
  WRITE(2),
  /** Resize, rename and delete it. */
  MANAGE(4);

  private final int bit;

  Right(int bit) {
    this.bit = bit;
  }

  int bit() {
    return bit;
  }

  /** Returns what it is called where people give it, as in {@code dsa user grant}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
