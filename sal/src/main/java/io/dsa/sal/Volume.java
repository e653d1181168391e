package io.dsa.sal;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;

/**
 * A named part of a pool, as it was when it was asked for.
 *
 * @param id is never used again, also not for a volume of the same name
 * @param name 1 to 255 bytes of UTF-8, unique in its pool
 * @param bytes its size, exactly as asked for
 * @param extents its space in order; together at least {@code bytes}, in multiples of {@link
 *     Pool#EXTENT_UNIT}
 * @param state whether it can be used
 */
public record Volume(UUID id, String name, long bytes, List<Extent> extents, VolumeState state) {
  public Volume {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(state, "state");
    extents = List.copyOf(extents);
  }

  /** Returns what it takes of the pool, in bytes. */
  public long allocated() {
    return extents.stream().mapToLong(Extent::length).sum();
  }

  /**
   * Returns where a range of this volume is on the device, in order. Over the whole volume these
   * are its extents, the last one cut to the volume's size.
   *
   * @param offset in the volume
   * @throws IndexOutOfBoundsException if the range is not inside of the volume
   */
  public List<Extent> locate(long offset, long length) {
    Objects.checkFromIndexSize(offset, length, bytes);
    return space(offset, length);
  }

  /** As {@link #locate}, but also past the size, as far as the extents reach. */
  List<Extent> space(long offset, long length) {
    List<Extent> pieces = new ArrayList<>();
    long begin = 0;
    for (Extent extent : extents) {
      long end = begin + extent.length();
      long from = Math.max(offset, begin);
      long to = Math.min(offset + length, end);
      if (from < to) {
        pieces.add(new Extent(extent.poolOffset() + from - begin, to - from));
      }
      begin = end;
    }
    return pieces;
  }

  Volume ready() {
    return new Volume(id, name, bytes, extents, VolumeState.READY);
  }

  Volume renamed(String newName) {
    return new Volume(id, newName, bytes, extents, state);
  }

  Volume resized(long newBytes, List<Extent> newExtents) {
    return new Volume(id, name, newBytes, newExtents, state);
  }
}
