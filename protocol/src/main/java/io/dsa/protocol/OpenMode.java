package io.dsa.protocol;

/** What a client wants to do with a volume and beside whom. */
public enum OpenMode {
  /** Reads only, beside other readers and writers. */
  READ_ONLY(1),
  /** Reads and writes as the only writer. The default. */
  READ_WRITE(2),
  /** Reads and writes beside other writers, which coordinate among themselves. */
  SHARED_WRITE(3);

  private final int wire;

  OpenMode(int wire) {
    this.wire = wire;
  }

  /** Says whether this mode may write. */
  public boolean writes() {
    return this != READ_ONLY;
  }

  /** Says whether who has a volume open so keeps others from opening it like that. */
  public boolean excludes(OpenMode other) {
    return writes() && other.writes() && (this == READ_WRITE || other == READ_WRITE);
  }

  int wire() {
    return wire;
  }

  static OpenMode fromWire(int wire) {
    for (OpenMode mode : values()) {
      if (mode.wire == wire) {
        return mode;
      }
    }
    // Guessing a mode could grant more than was asked.
    throw new IllegalArgumentException("unknown open mode " + wire);
  }
}
