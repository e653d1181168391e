package io.dsa.client;

/** Which way the data of a transfer goes. */
enum Direction {
  /** From the volume into a buffer. */
  READ,
  /** From a buffer into the volume. */
  WRITE
}
