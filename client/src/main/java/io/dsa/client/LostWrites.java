package io.dsa.client;

import java.util.List;
import java.util.stream.Collectors;

/**
 * Acknowledged writes of a volume that no flush had covered when its server was restarted: the next
 * flush that meets one tells of it, unless it was written again. Thread-safe; it costs nothing
 * while there are none.
 */
final class LostWrites {
  private static final int NAMED = 8;

  private final UnflushedRanges ranges = new UnflushedRanges();
  private volatile boolean any;

  /** Takes over what a lane has not flushed; nobody else uses that meanwhile. */
  synchronized void add(UnflushedRanges unflushed) {
    unflushed.moveTo(ranges);
    any = !ranges.isEmpty();
  }

  /** Notes that a range was written again. */
  void writtenAgain(long offset, long end) {
    if (any) {
      synchronized (this) {
        ranges.clear(offset, end);
        any = !ranges.isEmpty();
      }
    }
  }

  /** The failure of a flush that meets such writes, which are forgotten by that; or null. */
  DsaException tell(String volume, long offset, long end) {
    if (!any) {
      return null;
    }
    List<ByteRange> met;
    synchronized (this) {
      met = ranges.take(offset, end);
      any = !ranges.isEmpty();
    }
    if (met.isEmpty()) {
      return null;
    }
    String named =
        met.stream().limit(NAMED).map(ByteRange::toString).collect(Collectors.joining(", "));
    return new DsaException(
        DsaException.Category.NOT_DURABLE,
        "the server was restarted before these writes to volume "
            + volume
            + " were flushed, and they are not known to be durable (offset+length): "
            + named
            + (met.size() > NAMED ? " and " + (met.size() - NAMED) + " more" : "")
            + "; write them again");
  }
}
