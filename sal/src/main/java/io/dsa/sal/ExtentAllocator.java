package io.dsa.sal;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The free space of a pool, in units of 2 MiB. Gives few extents: the smallest free run that is
 * large enough, or else the largest ones until what is left fits in one. Not thread-safe.
 */
final class ExtentAllocator {
  /** Free runs: offset to length. No two of them touch. */
  private final TreeMap<Long, Long> runs = new TreeMap<>();

  private long free;

  ExtentAllocator(long offset, long length) {
    if (length > 0) {
      runs.put(offset, length);
    }
    free = length;
  }

  /** Returns how many bytes are free. */
  long free() {
    return free;
  }

  /** Returns the longest extent that could be had, in bytes. */
  long largest() {
    return runs.values().stream().mapToLong(Long::longValue).max().orElse(0);
  }

  /**
   * Takes space.
   *
   * @param length in bytes, a multiple of the unit, at least one unit and at most {@link #free}
   */
  List<Extent> allocate(long length) {
    if (length < 1 || length % PoolLayout.UNIT != 0 || length > free) {
      throw new IllegalArgumentException(length + " bytes of " + free + " free");
    }
    List<Extent> extents = new ArrayList<>();
    long left = length;
    if (largest() < left) {
      List<Extent> byLength =
          runs.entrySet().stream()
              .map(run -> new Extent(run.getKey(), run.getValue()))
              .sorted(Comparator.comparingLong(Extent::length).reversed())
              .toList();
      for (int i = 0; byLength.get(i).length() < left; i++) {
        take(byLength.get(i), extents);
        left -= byLength.get(i).length();
      }
    }
    if (left > 0) {
      take(new Extent(bestFit(left), left), extents);
    }
    return extents;
  }

  /** Takes what is free from {@code offset} on, at most {@code most} bytes; returns how much. */
  long allocateAt(long offset, long most) {
    Map.Entry<Long, Long> run = runs.floorEntry(offset);
    long length = run == null ? 0 : Math.min(most, run.getKey() + run.getValue() - offset);
    if (length <= 0) {
      return 0;
    }
    reserve(new Extent(offset, length));
    return length;
  }

  /**
   * Returns the offset of the smallest run of at least {@code length} bytes, the first of equals.
   */
  private long bestFit(long length) {
    long best = -1;
    long bestLength = Long.MAX_VALUE;
    for (Map.Entry<Long, Long> run : runs.entrySet()) {
      if (run.getValue() >= length && run.getValue() < bestLength) {
        best = run.getKey();
        bestLength = run.getValue();
      }
    }
    return best;
  }

  private void take(Extent extent, List<Extent> taken) {
    reserve(extent);
    taken.add(extent);
  }

  /** Takes exactly {@code extent}, which is free. */
  void reserve(Extent extent) {
    Map.Entry<Long, Long> run = runs.floorEntry(extent.poolOffset());
    if (run == null || run.getKey() + run.getValue() < extent.end()) {
      throw new IllegalStateException("not free: " + extent);
    }
    long end = run.getKey() + run.getValue();
    runs.remove(run.getKey());
    if (run.getKey() < extent.poolOffset()) {
      runs.put(run.getKey(), extent.poolOffset() - run.getKey());
    }
    if (extent.end() < end) {
      runs.put(extent.end(), end - extent.end());
    }
    free -= extent.length();
  }

  /** Gives {@code extent}, which is taken, back. */
  void release(Extent extent) {
    long offset = extent.poolOffset();
    long end = extent.end();
    Map.Entry<Long, Long> before = runs.lowerEntry(end);
    if (before != null && before.getKey() + before.getValue() > offset) {
      throw new IllegalStateException("already free: " + extent);
    }
    if (before != null && before.getKey() + before.getValue() == offset) {
      runs.remove(before.getKey());
      offset = before.getKey();
    }
    Long after = runs.remove(end);
    if (after != null) {
      end += after;
    }
    runs.put(offset, end - offset);
    free += extent.length();
  }
}
