package io.dsa.sal;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

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
  private static final byte STATE_CREATING = 1;
  private static final byte STATE_READY = 2;

  private final String poolName;
  private final SortedMap<String, Volume> volumes;

  private Catalog(String poolName, SortedMap<String, Volume> volumes) {
    this.poolName = poolName;
    this.volumes = Collections.unmodifiableSortedMap(volumes);
  }

  static Catalog empty(String poolName) {
    return new Catalog(poolName, new TreeMap<>());
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

    InvalidCatalogException(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /**
   * Returns the catalog that {@code payload} says, if it agrees with {@code layout} and with
   * itself.
   */
  static Catalog decode(ByteBuffer payload, PoolLayout layout) throws InvalidCatalogException {
    ByteBuffer in = payload.slice().order(ByteOrder.BIG_ENDIAN);
    try {
      String poolName = text(in);
      TreeMap<String, Volume> volumes = new TreeMap<>();
      Set<UUID> ids = new HashSet<>();
      int count = in.getInt();
      for (int i = 0; i < count; i++) {
        Volume volume = volume(in);
        if (volumes.put(volume.name(), volume) != null || !ids.add(volume.id())) {
          throw new InvalidCatalogException("volume '" + volume.name() + "' is there twice");
        }
      }
      if (in.hasRemaining()) {
        throw new InvalidCatalogException(in.remaining() + " bytes after the last volume");
      }
      Catalog catalog = new Catalog(poolName, volumes);
      catalog.checkSpace(layout);
      return catalog;
    } catch (BufferUnderflowException
        | IllegalArgumentException
        | CharacterCodingException
        | StorageException e) {
      throw new InvalidCatalogException("near byte " + in.position() + ": " + e.getMessage(), e);
    }
  }

  private static Volume volume(ByteBuffer in)
      throws InvalidCatalogException, CharacterCodingException {
    UUID id = new UUID(in.getLong(), in.getLong());
    long bytes = in.getLong();
    int state = in.get();
    String name = text(in);
    VolumeNames.check(name);
    int count = in.getInt();
    List<Extent> extents = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      extents.add(new Extent(in.getLong(), in.getLong()));
    }
    return switch (state) {
      case STATE_CREATING -> new Volume(id, name, bytes, extents, VolumeState.CREATING);
      case STATE_READY -> new Volume(id, name, bytes, extents, VolumeState.READY);
      default -> throw new InvalidCatalogException("volume '" + name + "' has the state " + state);
    };
  }

  private static String text(ByteBuffer in) throws CharacterCodingException {
    int length = Short.toUnsignedInt(in.getShort());
    if (length > in.remaining()) {
      throw new BufferUnderflowException();
    }
    ByteBuffer utf8 = in.slice(in.position(), length);
    in.position(in.position() + length);
    return StandardCharsets.UTF_8.newDecoder().decode(utf8).toString();
  }

  private void checkSpace(PoolLayout layout) throws InvalidCatalogException {
    TreeMap<Long, Long> taken = new TreeMap<>();
    for (Volume volume : volumes.values()) {
      for (Extent extent : volume.extents()) {
        if (extent.poolOffset() < layout.dataOffset()
            || extent.end() > layout.dataOffset() + layout.dataLength()
            || extent.poolOffset() % PoolLayout.UNIT != 0
            || extent.length() % PoolLayout.UNIT != 0) {
          throw new InvalidCatalogException(
              "volume '" + volume.name() + "' has space outside of the pool: " + extent);
        }
        if (taken.put(extent.poolOffset(), extent.end()) != null) {
          throw new InvalidCatalogException("two volumes share the space at " + extent);
        }
      }
      if (volume.bytes() < 1
          || volume.bytes() > volume.allocated()
          || volume.allocated() - volume.bytes() >= PoolLayout.UNIT) {
        throw new InvalidCatalogException(
            "volume '"
                + volume.name()
                + "' has "
                + volume.bytes()
                + " bytes in "
                + volume.allocated()
                + " bytes of space");
      }
    }
    long end = 0;
    for (var extent : taken.entrySet()) {
      if (extent.getKey() < end) {
        throw new InvalidCatalogException("two volumes share the space at " + extent.getKey());
      }
      end = extent.getValue();
    }
  }
}
