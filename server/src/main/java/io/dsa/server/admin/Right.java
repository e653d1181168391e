package io.dsa.server.admin;

/** What a user may do with a volume; each includes nothing of the others. */
public enum Right {
  /** Open it read-only. */
  READ,
  /** Open it in every mode. */
  WRITE,
  /** Resize, rename and delete it. */
  MANAGE
}
