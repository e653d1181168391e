package io.dsa.sal;

import java.util.List;
import java.util.UUID;

/**
 * What a pool is, as its device says while no server has it.
 *
 * @param id given when it was formatted
 * @param name may be empty
 * @param formatVersion of the layout and the metadata
 * @param generation how many changes there were, about: it grows with each
 * @param capacity what volumes can use in all, in bytes
 * @param free what volumes can still use, in bytes
 * @param volumes in the order of their names, with those that a crash left half made
 */
public record PoolContents(
    UUID id,
    String name,
    int formatVersion,
    long generation,
    long capacity,
    long free,
    List<Volume> volumes) {
  public PoolContents {
    volumes = List.copyOf(volumes);
  }

  /**
   * Reads what opening the pool would find. Writes nothing.
   *
   * @throws StorageException with category NO_POOL, CORRUPT or TOO_NEW, as opening it would
   */
  public static PoolContents read(Device device) {
    MetadataSlots slots = MetadataSlots.read(device);
    Catalog catalog = slots.catalog();
    long allocated = catalog.volumes().values().stream().mapToLong(Volume::allocated).sum();
    return new PoolContents(
        slots.poolId(),
        catalog.poolName(),
        SlotHeader.VERSION,
        slots.generation(),
        slots.layout().dataLength(),
        slots.layout().dataLength() - allocated,
        List.copyOf(catalog.volumes().values()));
  }
}
