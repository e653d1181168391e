package io.dsa.server.access;

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
}
