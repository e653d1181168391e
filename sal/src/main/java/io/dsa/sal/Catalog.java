package io.dsa.sal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a metadata slot's payload says: the pool's name and its volumes. Immutable; a change makes a
 * new one. Big-endian:
 *
 * <pre>
 *   2  length of the pool's name
 *   n  the pool's name, UTF-8
 *   4  number of volumes, and for each, in the order of their names (by UTF-16 code units):
 *      16  id
 *       8  size in bytes
 *       1  state: 1 CREATING, 2 READY
 *       2  length of its name
 *       n  its name, UTF-8
 *       4  number of extents, at least 1, and for each:
 *           8  offset on the device in bytes
 *           8  length in bytes
 * </pre>
 */
final class Catalog {
  static final byte STATE_CREATING = 1;
  static final byte STATE_READY = 2;

  private final String poolName;
  private final SortedMap<String, Volume> volumes;

  private Catalog(String poolName, SortedMap<String, Volume> volumes) {
    this.poolName = poolName;
    this.volumes = Collections.unmodifiableSortedMap(volumes);
  }

  static Catalog empty(String poolName) {
    return new Catalog(poolName, new TreeMap<>());
  }

  /** Returns the catalog of these volumes, no two of which have the same name. */
  static Catalog of(String poolName, Iterable<Volume> volumes) {
    TreeMap<String, Volume> byName = new TreeMap<>();
    for (Volume volume : volumes) {
      byName.put(volume.name(), volume);
    }
    return new Catalog(poolName, byName);
  }

  String poolName() {
    return poolName;
  }

  /** Returns the volumes by name, in the order of their names. */
  SortedMap<String, Volume> volumes() {
    return volumes;
  }

  /** Returns a catalog with {@code volume} added, or in the place of the one of its name. */
  Catalog with(Volume volume) {
    TreeMap<String, Volume> changed = new TreeMap<>(volumes);
    changed.put(volume.name(), volume);
    return new Catalog(poolName, changed);
  }

  Catalog without(String name) {
    TreeMap<String, Volume> changed = new TreeMap<>(volumes);
    changed.remove(name);
    return new Catalog(poolName, changed);
  }

  /** Returns the volumes that a crash left half made. */
  List<Volume> unfinished() {
    return volumes.values().stream().filter(v -> v.state() == VolumeState.CREATING).toList();
  }

  byte[] encode() {
    // Ten thousand volumes are a megabyte, and each change encodes them all.
    ByteBuffer out =
        ByteBuffer.allocate(Math.toIntExact(encodedAtMost())).order(ByteOrder.BIG_ENDIAN);
    put(out, poolName);
    out.putInt(volumes.size());
    for (Volume volume : volumes.values()) {
      out.putLong(volume.id().getMostSignificantBits());
      out.putLong(volume.id().getLeastSignificantBits());
      out.putLong(volume.bytes());
      out.put(
          switch (volume.state()) {
            case CREATING -> STATE_CREATING;
            case READY -> STATE_READY;
          });
      put(out, volume.name());
      out.putInt(volume.extents().size());
      for (Extent extent : volume.extents()) {
        out.putLong(extent.poolOffset()).putLong(extent.length());
      }
    }
    return Arrays.copyOf(out.array(), out.position());
  }

  private long encodedAtMost() {
    long bytes = Short.BYTES + 3L * poolName.length() + Integer.BYTES;
    for (Volume volume : volumes.values()) {
      bytes += 31 + 3L * volume.name().length() + 16L * volume.extents().size();
    }
    return bytes;
  }

  private static void put(ByteBuffer out, String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    out.putShort((short) utf8.length).put(utf8);
  }

  /** A payload with a right checksum that no DSA of this version can have written. */
  static final class InvalidCatalogException extends Exception {
    private static final long serialVersionUID = 1L;

    InvalidCatalogException(String message) {
      super(message);
    }
  }

  /**
   * Returns the catalog that {@code payload} says, if it agrees with {@code layout} and with
   * itself.
   */
  static Catalog decode(ByteBuffer payload, PoolLayout layout) throws InvalidCatalogException {
    CatalogReading reading = CatalogReading.of(payload, layout);
    if (!reading.problems().isEmpty()) {
      CatalogReading.Problem first = reading.problems().getFirst();
      throw new InvalidCatalogException("at byte " + first.offset() + ": " + first.what());
    }
    return of(reading.poolName(), reading.volumes());
  }
}
