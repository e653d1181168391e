package io.dsa.sal;

import io.dsa.sal.StorageException.Category;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A device divided into volumes. The device carries the pool's metadata, so that it can be moved to
 * another server; docs/pool-format.md describes it byte by byte. A change that returned is durable,
 * and one that a crash interrupted has happened whole or not at all.
 *
 * <p>Thread-safe. What reads ({@link #volumes}, {@link #volume}, {@link #free}) never waits.
 * Changes wait for each other for as long as it takes to write metadata, and not while space is
 * being zeroed.
 *
 * <p>The pool borrows its device: close the pool first, then the device.
 */
public final class Pool implements AutoCloseable {
  /** Space is given in multiples of this many bytes, at offsets that are multiples of it: 2 MiB. */
  public static final long EXTENT_UNIT = 2L << 20;

  /** The smallest device that has room for a volume beside the metadata: 4 MiB. */
  public static final long MIN_CAPACITY = 2 * EXTENT_UNIT;

  private static final Logger LOG = LoggerFactory.getLogger(Pool.class);

  private final Device device;
  private final MetadataSlots slots;
  private final PoolSpace space;
  private final Zeroing zeroing;

  private final ReentrantLock lock = new ReentrantLock();
  private final Set<UUID> growing = new HashSet<>();
  private Throwable failure;

  private volatile Catalog catalog;

  private Pool(Device device, MetadataSlots slots) {
    this.device = device;
    this.slots = slots;
    this.catalog = slots.catalog();
    this.space = new PoolSpace(device.uri(), slots.layout(), catalog.volumes().values());
    this.zeroing = new Zeroing(device);
  }

  /**
   * Makes a pool without volumes of {@code device}, and opens it.
   *
   * @throws StorageException with category NOT_BLANK if the first or last MiB of the device is not
   *     all zeros and {@code options} do not force it; INVALID if the device is too small
   */
  public static Pool format(Device device, FormatOptions options) {
    PoolLayout layout = PoolLayout.of(device.capacity());
    if (device.capacity() < MIN_CAPACITY || layout.dataLength() < EXTENT_UNIT) {
      throw new StorageException(
          Category.INVALID,
          device.uri()
              + " has "
              + device.capacity()
              + " bytes; a pool needs at least "
              + ByteSize.format(MIN_CAPACITY)
              + ": use a larger device");
    }
    if (!options.force()) {
      Optional<String> contents = DeviceContents.find(device);
      if (contents.isPresent()) {
        throw new StorageException(
            Category.NOT_BLANK,
            device.uri()
                + " holds "
                + contents.get()
                + "; --force formats it and destroys what it holds");
      }
    }
    return new Pool(device, MetadataSlots.format(device, layout, Catalog.empty(options.name())));
  }

  /**
   * Opens the pool on {@code device}. A volume that was still being made when its server stopped is
   * discarded, and a metadata slot that a crash tore is written anew.
   *
   * @throws StorageException with category NO_POOL, CORRUPT or TOO_NEW; nothing is written then
   */
  public static Pool open(Device device) {
    MetadataSlots slots = MetadataSlots.read(device);
    // What a killed server wrote last may be in the CPU's caches alone: clients must not build upon
    // a volume that a power cut could take away.
    slots.persist();
    for (String unused : slots.unused()) {
      LOG.warn("{}: {}; writing it anew", device.uri(), unused);
    }
    Catalog catalog = slots.catalog();
    for (Volume volume : catalog.unfinished()) {
      LOG.info("{}: discarding half-made volume '{}'", device.uri(), volume.name());
      catalog = catalog.without(volume.name());
    }
    if (!slots.bothCurrent() || !slots.catalog().unfinished().isEmpty()) {
      slots.commit(catalog);
    }
    return new Pool(device, slots);
  }

  /** Returns the device that this pool is on. */
  public Device device() {
    return device;
  }

  /** Returns what the pool was named when it was formatted; may be empty. */
  public String name() {
    return catalog.poolName();
  }

  /** Returns the pool's id, given when it was formatted. */
  public UUID id() {
    return slots.poolId();
  }

  /** Returns what volumes can use in all, in bytes. */
  public long capacity() {
    return space.capacity();
  }

  /** Returns what volumes can still use, in bytes. */
  public long free() {
    return space.free();
  }

  /** Returns all volumes as they are now, in the order of their names. */
  public List<Volume> volumes() {
    return List.copyOf(catalog.volumes().values());
  }

  /** Returns the volume of that name, or empty if there is none. */
  public Optional<Volume> volume(String name) {
    return Optional.ofNullable(catalog.volumes().get(name));
  }

  /**
   * Makes a volume that reads as zeros. Returns when it is zeroed and durable, which takes time in
   * proportion to its size.
   *
   * @param name up to 255 bytes of UTF-8, without control characters
   * @param bytes its size; space is taken in multiples of {@link #EXTENT_UNIT}
   * @throws StorageException with category INVALID, EXISTS, NO_SPACE or IO; there is no such volume
   *     then
   */
  public Volume createVolume(String name, long bytes) {
    VolumeNames.check(name);
    checkSize(name, bytes);
    Volume volume = change(() -> reserve(name, bytes));
    try {
      // Also what is past its size, so that nothing of another volume stays in its space.
      zeroing.zero(volume.extents());
      return change(() -> commit(volume.ready()));
    } catch (RuntimeException | Error e) {
      discard(volume, e);
      throw e;
    } finally {
      zeroing.end();
    }
  }

  private static void checkSize(String name, long bytes) {
    if (bytes < 1) {
      throw new StorageException(
          Category.INVALID, "volume '" + name + "' cannot have a size of " + bytes + " bytes");
    }
  }

  /** With the lock held. */
  private Volume reserve(String name, long bytes) {
    checkNameFree(name);
    List<Extent> extents = space.take(name, bytes);
    Volume volume = new Volume(UUID.randomUUID(), name, bytes, extents, VolumeState.CREATING);
    try {
      commit(volume);
    } catch (RuntimeException | Error e) {
      giveBack(extents);
      throw e;
    }
    zeroing.begin();
    return volume;
  }

  private void checkNameFree(String name) {
    Volume existing = catalog.volumes().get(name);
    if (existing != null) {
      throw new StorageException(
          Category.EXISTS,
          existing.state() == VolumeState.CREATING
              ? "volume '" + name + "' is being created"
              : "volume '" + name + "' exists already; use another name, or delete it first");
    }
  }

  private void discard(Volume volume, Throwable because) {
    lock.lock();
    try {
      if (failure == null) {
        commit(catalog.without(volume.name()));
        giveBack(volume.extents());
      }
    } catch (RuntimeException | Error e) {
      because.addSuppressed(e);
    } finally {
      lock.unlock();
    }
  }

  /**
   * With the lock held. Not after a failure: then only the next open can tell what the metadata
   * says of this space.
   */
  private void giveBack(List<Extent> extents) {
    if (failure == null) {
      space.release(extents);
    }
  }

  /**
   * Changes the size of a volume; what is added reads as zeros. Returns when that is durable, which
   * for a larger size takes time in proportion to what is added. Whoever maps or registers what a
   * smaller size cuts off has to have let go of it before.
   *
   * @param known the volume as the caller knows it
   * @throws StorageException with category UNKNOWN if it is no more, BUSY if it was resized since
   *     or is being made or resized, INVALID, NO_SPACE or IO; it has its old size then
   */
  public Volume resizeVolume(Volume known, long bytes) {
    checkSize(known.name(), bytes);
    return bytes > known.bytes() ? grow(known, bytes) : change(() -> shrink(known, bytes));
  }

  /** With the lock held. */
  private Volume shrink(Volume known, long bytes) {
    Volume volume = currentAsKnown(known);
    if (bytes == volume.bytes()) {
      return volume;
    }
    long kept = PoolLayout.roundUp(bytes, EXTENT_UNIT);
    Volume smaller = commit(volume.resized(bytes, volume.space(0, kept)));
    // After it is durable: a crash must not leave two volumes on the same space.
    space.release(volume.space(kept, volume.allocated() - kept));
    return smaller;
  }

  private Volume grow(Volume known, long bytes) {
    Volume larger = change(() -> reserveMore(known, bytes));
    long had = known.allocated();
    boolean grown = false;
    try {
      // From its old size on: what is past that may be left from a time when it was larger.
      zeroing.zero(larger.space(known.bytes(), larger.allocated() - known.bytes()));
      change(() -> commit(larger));
      grown = true;
      return larger;
    } finally {
      lock.lock();
      try {
        growing.remove(known.id());
        if (!grown) {
          giveBack(larger.space(had, larger.allocated() - had));
        }
      } finally {
        lock.unlock();
        zeroing.end();
      }
    }
  }

  /** With the lock held. Takes the space in memory only: a crash leaves the volume as it was. */
  private Volume reserveMore(Volume known, long bytes) {
    Volume volume = currentAsKnown(known);
    Volume larger = volume.resized(bytes, space.extend(volume, bytes));
    growing.add(volume.id());
    zeroing.begin();
    return larger;
  }

  /**
   * Gives a volume another name.
   *
   * @param known the volume as the caller knows it
   * @throws StorageException with category UNKNOWN if it is no more, BUSY if it is being made or
   *     resized, EXISTS, INVALID, NO_SPACE if the metadata has no room for a longer name, or IO; it
   *     has its old name then
   */
  public Volume renameVolume(Volume known, String name) {
    VolumeNames.check(name);
    return change(() -> {
      Volume volume = current(known);
      if (name.equals(volume.name())) {
        return volume;
      }
      checkNameFree(name);
      Volume renamed = volume.renamed(name);
      // In one commit: between two of them there would be a crash without the volume.
      commit(catalog.without(volume.name()).with(renamed));
      return renamed;
    });
  }

  /**
   * Deletes a volume and frees its space. Whoever maps or registers its extents has to have let go
   * of them before.
   *
   * @param known the volume as the caller knows it; another one that has its name since is spared
   * @throws StorageException with category UNKNOWN if it is no more, BUSY if it is being made or
   *     resized, or IO
   */
  public void deleteVolume(Volume known) {
    change(() -> {
      Volume volume = current(known);
      commit(catalog.without(volume.name()));
      // After it is durable: a crash must not leave two volumes on the same space.
      space.release(volume.extents());
      return volume;
    });
  }

  /** With the lock held. */
  private Volume current(Volume known) {
    Volume volume = catalog.volumes().get(known.name());
    if (volume == null || !volume.id().equals(known.id())) {
      throw new StorageException(
          Category.UNKNOWN, "there is no volume '" + known.name() + "' in " + device.uri());
    }
    if (volume.state() == VolumeState.CREATING || growing.contains(volume.id())) {
      throw new StorageException(
          Category.BUSY,
          "volume '"
              + volume.name()
              + (volume.state() == VolumeState.CREATING
                  ? "' is being created; try again later"
                  : "' is being resized; try again later"));
    }
    return volume;
  }

  /**
   * With the lock held. The extents count too: a volume that shrank and grew again has its size and
   * may be elsewhere.
   */
  private Volume currentAsKnown(Volume known) {
    Volume volume = current(known);
    if (volume.bytes() != known.bytes() || !volume.extents().equals(known.extents())) {
      throw new StorageException(
          Category.BUSY, "volume '" + volume.name() + "' was resized meanwhile; try again");
    }
    return volume;
  }

  /**
   * Makes a range of a volume durable.
   *
   * @param offset in the volume, in bytes
   * @throws IndexOutOfBoundsException if the range is not inside of the volume
   * @throws StorageException with category IO if the medium failed
   */
  public void persist(Volume volume, long offset, long length) {
    for (Extent piece : volume.locate(offset, length)) {
      device.persist(piece.poolOffset(), piece.length());
    }
  }

  private <T> T change(Supplier<T> change) {
    lock.lock();
    try {
      checkUsable();
      return change.get();
    } finally {
      lock.unlock();
    }
  }

  /**
   * With the lock held. What the medium holds after a failure is not known, so nothing follows it.
   */
  private void commit(Catalog changed) {
    try {
      slots.commit(changed);
      catalog = changed;
    } catch (RuntimeException | Error e) {
      if (!(e instanceof StorageException s && s.category() == Category.NO_SPACE)) {
        failure = e;
      }
      throw e;
    }
  }

  private Volume commit(Volume volume) {
    commit(catalog.with(volume));
    return volume;
  }

  /** With the lock held. */
  private void checkUsable() {
    zeroing.checkGoing();
    if (failure != null) {
      throw new StorageException(
          Category.IO,
          device.uri()
              + ": the pool takes no changes since writing its metadata failed; restart the server",
          failure);
    }
  }

  /**
   * Ends changes: a volume that is being made is discarded, one that grows keeps its size. Returns
   * when no change uses the device any more; closing again does nothing.
   */
  @Override
  public void close() {
    lock.lock();
    try {
      zeroing.stop();
    } finally {
      lock.unlock();
    }
    zeroing.awaitEnd();
  }

  /** Returns the device's URI and the pool's name. */
  @Override
  public String toString() {
    return name().isEmpty() ? device.uri() : device.uri() + " (" + name() + ")";
  }
}
