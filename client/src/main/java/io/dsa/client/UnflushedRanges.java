package io.dsa.client;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Ranges of a volume that were written and not flushed since. Bounded: where there would be too
 * many, those that are nearest to each other become one, so that it may say more than is true and
 * never less.
 *
 * <p>Each range has the age of its latest write, a number that the flushes of a lane count up: a
 * flush covers what is older than it. Confined to one thread at a time.
 */
final class UnflushedRanges {
  /** Ranges at most. */
  static final int MOST = 1024;

  private record Tail(long end, long age) {}

  private record Gap(long before, long bytes) {}

  /** By their first byte; none touches another of the same age, and none overlaps. */
  private final TreeMap<Long, Tail> ranges = new TreeMap<>();

  /** Takes in a write. */
  void add(long offset, long end, long age) {
    long from = offset;
    long to = end;
    Map.Entry<Long, Tail> before = ranges.floorEntry(offset);
    if (before != null && before.getValue().end() >= end && before.getValue().age() == age) {
      return;
    }
    clear(offset, end);
    before = ranges.lowerEntry(offset);
    if (before != null && before.getValue().end() == offset && before.getValue().age() == age) {
      from = before.getKey();
    }
    Tail after = ranges.get(end);
    if (after != null && after.age() == age) {
      to = after.end();
      ranges.remove(end);
    }
    ranges.put(from, new Tail(to, age));
    if (ranges.size() > MOST) {
      coalesce();
    }
  }

  /** Forgets a range, whatever its age. */
  void clear(long offset, long end) {
    flushed(offset, end, Long.MAX_VALUE);
  }

  /** Forgets what is within a range and older than that. */
  void flushed(long offset, long end, long age) {
    Map.Entry<Long, Tail> at = ranges.floorEntry(offset);
    if (at == null || at.getValue().end() <= offset) {
      at = ranges.higherEntry(offset);
    }
    while (at != null && at.getKey() < end) {
      long from = at.getKey();
      Tail tail = at.getValue();
      if (tail.age() < age) {
        ranges.remove(from);
        if (from < offset) {
          ranges.put(from, new Tail(offset, tail.age()));
        }
        if (tail.end() > end) {
          ranges.put(end, new Tail(tail.end(), tail.age()));
        }
      }
      at = ranges.higherEntry(Math.max(from, Math.min(tail.end(), end) - 1));
    }
  }

  boolean isEmpty() {
    return ranges.isEmpty();
  }

  boolean meets(long offset, long end) {
    Map.Entry<Long, Tail> before = ranges.lowerEntry(end);
    return before != null && before.getValue().end() > offset;
  }

  /** What of a range is in here, in order; it is forgotten. */
  List<ByteRange> take(long offset, long end) {
    List<ByteRange> taken = new ArrayList<>();
    if (meets(offset, end)) {
      for (Map.Entry<Long, Tail> entry : ranges.entrySet()) {
        long from = Math.max(offset, entry.getKey());
        long to = Math.min(end, entry.getValue().end());
        if (from < to) {
          taken.add(new ByteRange(from, to));
        }
      }
      clear(offset, end);
    }
    return taken;
  }

  /** Moves all there is to another one, as of one age. */
  void moveTo(UnflushedRanges other) {
    ranges.forEach((from, tail) -> other.add(from, tail.end(), 0));
    ranges.clear();
  }

  /** Closes the narrowest gaps until half the room is free. */
  private void coalesce() {
    List<Gap> gaps = new ArrayList<>();
    long lastEnd = -1;
    for (Map.Entry<Long, Tail> entry : ranges.entrySet()) {
      if (lastEnd >= 0) {
        gaps.add(new Gap(entry.getKey(), entry.getKey() - lastEnd));
      }
      lastEnd = entry.getValue().end();
    }
    gaps.sort((a, b) -> Long.compare(a.bytes(), b.bytes()));
    for (int i = 0; ranges.size() > MOST / 2; i++) {
      long second = gaps.get(i).before();
      Map.Entry<Long, Tail> first = ranges.lowerEntry(second);
      Tail tail = ranges.remove(second);
      ranges.put(
          first.getKey(), new Tail(tail.end(), Math.max(tail.age(), first.getValue().age())));
    }
  }
}
