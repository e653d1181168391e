package io.dsa.lab.crash;

/** A change of a pool's metadata. It names its volume by the number that its records carry. */
sealed interface Change {
  long volume();

  record Create(long volume, String name, long bytes) implements Change {}

  record Resize(long volume, long bytes) implements Change {}

  record Rename(long volume, String name) implements Change {}

  record Delete(long volume) implements Change {}
}
