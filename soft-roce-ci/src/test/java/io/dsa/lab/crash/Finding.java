package io.dsa.lab.crash;

/**
 * Something that must not be.
 *
 * @param fault of what kind
 * @param records how many flushed records it concerns, at least 1
 * @param text what it is, in one line
 */
record Finding(Fault fault, long records, String text) {
  /** Kinds of faults. */
  enum Fault {
    /** A flushed record is not there. */
    LOST,
    /** A flushed record is there in part. */
    TORN,
    /** The pool is in a state that no acknowledged or interrupted change explains. */
    ILLEGAL,
    /** Data of another volume, or data that was cut off, shows. */
    RETURNED
  }

  Finding(Fault fault, String text) {
    this(fault, 1, text);
  }

  @Override
  public String toString() {
    return fault + ": " + text;
  }
}
