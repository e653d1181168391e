package io.dsa.lab.crash;

/**
 * Carries a change out, and returns when the storage has acknowledged it. What the storage refuses
 * is a {@link Refused}; any other exception says that it crashed.
 */
@FunctionalInterface
interface VolumeAdmin {
  /** The change was refused, and nothing has changed. */
  final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Refused(Throwable cause) {
      super(cause);
    }
  }

  /**
   * Carries it out.
   *
   * @param name what the volume is called before
   */
  void apply(String name, Change change);
}
