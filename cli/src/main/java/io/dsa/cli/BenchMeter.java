package io.dsa.cli;

import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.Histogram;

/**
 * How long the requests of one thread took. Confined to it until it has ended; only {@link #done}
 * may be asked from any thread.
 */
final class BenchMeter {
  static final int DIGITS = 3;

  private final Histogram reads = new Histogram(DIGITS);
  private final Histogram writes = new Histogram(DIGITS);
  private final AtomicLong done = new AtomicLong();
  private long last;

  /**
   * Adds one request.
   *
   * @param start when it was posted, as System.nanoTime() says
   * @param end when it was found complete
   */
  void record(boolean isWrite, long start, long end) {
    (isWrite ? writes : reads).recordValue(end - start);
    last = end;
    done.setOpaque(done.getPlain() + 1);
  }

  Histogram reads() {
    return reads;
  }

  Histogram writes() {
    return writes;
  }

  /** How many were added. */
  long done() {
    return done.getOpaque();
  }

  /** When the last one was complete; only if there was one. */
  long last() {
    return last;
  }
}
