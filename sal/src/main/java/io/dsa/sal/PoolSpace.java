package io.dsa.sal;

import io.dsa.sal.StorageException.Category;
import java.util.ArrayList;
import java.util.List;

/**
 * Which space of a pool volumes have and which is free. Not thread-safe, except for {@link #free}
 * and {@link #capacity}, which any thread may call.
 */
final class PoolSpace {
  private final String uri;
  private final long capacity;
  private final ExtentAllocator allocator;
  private volatile long free;

  /** Makes the space of a pool on which {@code volumes} have theirs already. */
  PoolSpace(String uri, PoolLayout layout, Iterable<Volume> volumes) {
    this.uri = uri;
    this.capacity = layout.dataLength();
    this.allocator = new ExtentAllocator(layout.dataOffset(), layout.dataLength());
    for (Volume volume : volumes) {
      volume.extents().forEach(allocator::reserve);
    }
    this.free = allocator.free();
  }

  /** Returns what volumes can use in all, in bytes. */
  long capacity() {
    return capacity;
  }

  /** Returns what volumes can still use, in bytes. */
  long free() {
    return free;
  }

  /**
   * Takes space for a new volume.
   *
   * @throws StorageException with category NO_SPACE; nothing is taken then
   */
  List<Extent> take(String name, long bytes) {
    checkFits("volume '" + name + "' of " + ByteSize.format(bytes), bytes);
    // What is free is a multiple of the unit, so that rounding up cannot exceed it.
    List<Extent> extents = allocator.allocate(PoolLayout.roundUp(bytes, PoolLayout.UNIT));
    free = allocator.free();
    return extents;
  }

  /**
   * Takes what {@code volume} lacks to be of a larger size, at its end where that is free.
   *
   * @return all of its extents then
   * @throws StorageException with category NO_SPACE; nothing is taken then
   */
  List<Extent> extend(Volume volume, long bytes) {
    // No difference here can overflow: all are positive, and rounding comes after the check.
    long wanted = bytes - volume.bytes();
    checkFits(
        "growing volume '" + volume.name() + "' by " + ByteSize.format(wanted),
        bytes - volume.allocated());
    long missing = PoolLayout.roundUp(bytes, PoolLayout.UNIT) - volume.allocated();
    List<Extent> extents = new ArrayList<>(volume.extents());
    if (missing > 0) {
      Extent last = extents.removeLast();
      long appended = allocator.allocateAt(last.end(), missing);
      extents.add(new Extent(last.poolOffset(), last.length() + appended));
      if (missing > appended) {
        extents.addAll(allocator.allocate(missing - appended));
      }
    }
    free = allocator.free();
    return extents;
  }

  void release(List<Extent> extents) {
    extents.forEach(allocator::release);
    free = allocator.free();
  }

  private void checkFits(String what, long bytes) {
    if (bytes > free) {
      throw new StorageException(
          Category.NO_SPACE,
          what
              + " does not fit in "
              + uri
              + ": "
              + ByteSize.format(free)
              + " of "
              + ByteSize.format(capacity)
              + " free");
    }
  }
}
