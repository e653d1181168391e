package io.dsa.sal;

import io.dsa.sal.StorageException.Category;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;

/**
 * The two metadata slots of a device. A change is written to the older slot and made durable, and
 * then to the other one, and only then acknowledged: a crash leaves the state before or the state
 * after it, and what was acknowledged survives the loss of either slot. Not thread-safe.
 */
final class MetadataSlots {
  private final Device device;
  private final UUID poolId;
  private final PoolLayout layout;
  private final boolean[] current = new boolean[PoolLayout.SLOTS];
  private final List<String> unused = new ArrayList<>();
  private long generation;
  private Catalog catalog;

  private MetadataSlots(
      Device device, UUID poolId, PoolLayout layout, long generation, Catalog catalog) {
    this.device = device;
    this.poolId = poolId;
    this.layout = layout;
    this.generation = generation;
    this.catalog = catalog;
  }

  UUID poolId() {
    return poolId;
  }

  PoolLayout layout() {
    return layout;
  }

  long generation() {
    return generation;
  }

  /** Returns what the newest slot says. */
  Catalog catalog() {
    return catalog;
  }

  /** Says whether both slots hold the newest state. */
  boolean bothCurrent() {
    return current[0] && current[1];
  }

  /** Returns for each slot that was found unsound which it is and why. */
  List<String> unused() {
    return unused;
  }

  /** Writes the metadata of a new pool, whatever the device held. */
  static MetadataSlots format(Device device, PoolLayout layout, Catalog catalog) {
    // Until a slot is written there is no pool, neither the new one nor an old one.
    long headers = PoolLayout.SLOTS * PoolLayout.PAGE;
    device.zero(0, headers);
    // What else is there would look like damage, or like what was there before.
    device.zero(headers, layout.dataOffset() - headers);
    MetadataSlots slots = new MetadataSlots(device, UUID.randomUUID(), layout, 0, catalog);
    slots.commit(catalog);
    return slots;
  }

  /**
   * Reads the newest sound slot. Writes nothing.
   *
   * @throws StorageException if there is no pool, it is corrupt, too new or of another size
   */
  static MetadataSlots read(Device device) {
    SlotHeader.Reading[] headers = {readHeader(device, 0), readHeader(device, 1)};
    for (SlotHeader.Reading header : headers) {
      // Even if the other slot is of this format: the newer DSA wrote this one after it.
      if (header instanceof SlotHeader.Reading.Newer(int version)) {
        throw new StorageException(
            Category.TOO_NEW,
            device.uri()
                + ": a newer DSA formatted this pool, format version "
                + version
                + "; this one reads up to "
                + SlotHeader.VERSION);
      }
    }
    if (headers[0] instanceof SlotHeader.Reading.Foreign
        && headers[1] instanceof SlotHeader.Reading.Foreign) {
      throw device.capacity() < PoolLayout.MIN_CAPACITY ? tooSmall(device) : noPool(device);
    }
    Slot[] slots = {readSlot(device, headers[0], 0), readSlot(device, headers[1], 1)};
    return choose(device, slots);
  }

  /** Makes both slots durable as they are. */
  void persist() {
    device.persist(0, layout.payloadOffset(PoolLayout.SLOTS - 1) + layout.payloadCapacity());
  }

  /** A slot's sound contents, or why it has none. */
  private sealed interface Slot {
    record Sound(SlotHeader header, ByteBuffer payload) implements Slot {}

    record Unsound(String reason) implements Slot {}
  }

  private static MetadataSlots choose(Device device, Slot[] slots) {
    Slot.Sound newest = null;
    for (int i = 0; i < PoolLayout.SLOTS; i++) {
      if (slots[i] instanceof Slot.Sound sound
          && (newest == null || sound.header().generation() > newest.header().generation())) {
        newest = sound;
      }
    }
    if (newest == null) {
      throw new StorageException(
          Category.CORRUPT,
          device.uri()
              + ": both metadata slots of the pool are corrupt (slot 0: "
              + ((Slot.Unsound) slots[0]).reason()
              + "; slot 1: "
              + ((Slot.Unsound) slots[1]).reason()
              + "); nothing was written");
    }
    SlotHeader header = newest.header();
    Catalog catalog;
    try {
      catalog = Catalog.decode(newest.payload(), header.layout());
    } catch (Catalog.InvalidCatalogException e) {
      // Its checksum is right, so this is no torn write, and the older slot is no remedy.
      throw new StorageException(
          Category.CORRUPT,
          device.uri()
              + ": metadata slot "
              + header.slot()
              + " makes no sense: "
              + e.getMessage()
              + "; nothing was written",
          e);
    }
    MetadataSlots read =
        new MetadataSlots(device, header.poolId(), header.layout(), header.generation(), catalog);
    for (int i = 0; i < PoolLayout.SLOTS; i++) {
      switch (slots[i]) {
        case Slot.Sound sound -> {
          read.current[i] = sound.header().generation() == header.generation();
          if (!sound.header().poolId().equals(header.poolId())
              || (read.current[i] && !sound.payload().equals(newest.payload()))) {
            throw new StorageException(
                Category.CORRUPT,
                device.uri()
                    + ": the two metadata slots contradict each other; nothing was written");
          }
          long behind = header.generation() - sound.header().generation();
          if (behind > 1) { // which no crash leaves
            read.unused.add("metadata slot " + i + " is " + behind + " changes behind");
          }
        }
        case Slot.Unsound unsound ->
            read.unused.add("metadata slot " + i + " is not used: " + unsound.reason());
      }
    }
    return read;
  }

  private static SlotHeader.Reading readHeader(Device device, int slot) {
    byte[] bytes = new byte[SlotHeader.BYTES];
    if (PoolLayout.headerOffset(slot) + bytes.length > device.capacity()) {
      return new SlotHeader.Reading.Foreign();
    }
    device.read(PoolLayout.headerOffset(slot), MemorySegment.ofArray(bytes));
    return SlotHeader.decode(bytes, slot);
  }

  /**
   * What to do about a device of another size. A file that is made longer has its size back, and
   * zeros where its data was.
   */
  static String remedy(long formatted, long present) {
    return present > formatted
        ? "nothing is lost: make it as large as it was, or copy its first "
            + formatted
            + " bytes to a device of that size"
        : "its last "
            + (formatted - present)
            + " bytes are missing: bring back the device that has them, since a longer one would hold"
            + " zeros in their place";
  }

  private static Slot readSlot(Device device, SlotHeader.Reading reading, int slot) {
    return switch (reading) {
      case SlotHeader.Reading.Header(SlotHeader header) -> {
        if (header.layout().capacity() != device.capacity()) {
          throw new StorageException(
              Category.CORRUPT,
              device.uri()
                  + ": the pool was formatted on a device of "
                  + header.layout().capacity()
                  + " bytes and this one has "
                  + device.capacity()
                  + "; "
                  + remedy(header.layout().capacity(), device.capacity())
                  + "; nothing was written");
        }
        byte[] payload = new byte[(int) header.payloadLength()];
        device.read(header.layout().payloadOffset(slot), MemorySegment.ofArray(payload));
        yield SlotHeader.checksum(payload, payload.length) == header.payloadChecksum()
            ? new Slot.Sound(header, ByteBuffer.wrap(payload))
            : new Slot.Unsound("its payload's checksum is wrong");
      }
      case SlotHeader.Reading.Broken(String reason) -> new Slot.Unsound(reason);
      case SlotHeader.Reading.Foreign _ -> new Slot.Unsound("it has no header");
      case SlotHeader.Reading.Newer _ -> throw new IllegalStateException("refused before");
    };
  }

  /**
   * Makes {@code changed} the state of the pool, durably.
   *
   * @throws StorageException with category NO_SPACE, and nothing changed, if it is too large
   */
  void commit(Catalog changed) {
    byte[] payload = changed.encode();
    if (payload.length > layout.payloadCapacity()) {
      throw new StorageException(
          Category.NO_SPACE,
          device.uri()
              + ": the pool's metadata area is full with "
              + changed.volumes().size()
              + " volumes; delete some");
    }
    generation++;
    // Never first the only slot that holds the state before.
    int first = current[0] && !current[1] ? 1 : 0;
    write(first, payload);
    write(1 - first, payload);
    catalog = changed;
  }

  private void write(int slot, byte[] payload) {
    current[slot] = false;
    device.write(layout.payloadOffset(slot), MemorySegment.ofArray(payload));
    device.persist(layout.payloadOffset(slot), payload.length);
    SlotHeader header =
        new SlotHeader(
            slot,
            generation,
            poolId,
            layout,
            payload.length,
            SlotHeader.checksum(payload, payload.length));
    // The whole page, so that what somebody else left in the rest of it goes with the next change.
    byte[] page = Arrays.copyOf(header.encode(), (int) PoolLayout.PAGE);
    device.write(PoolLayout.headerOffset(slot), MemorySegment.ofArray(page));
    device.persist(PoolLayout.headerOffset(slot), page.length);
    current[slot] = true;
  }

  private static StorageException tooSmall(Device device) {
    String holds = DeviceContents.find(device).map(what -> "; it holds " + what).orElse("");
    return new StorageException(
        Category.NO_POOL,
        device.uri()
            + ": no DSA pool has less than "
            + ByteSize.format(PoolLayout.MIN_CAPACITY)
            + ", and this has "
            + ByteSize.format(device.capacity())
            + holds);
  }

  private static StorageException noPool(Device device) {
    String found =
        DeviceContents.find(device)
            .map(what ->
                "it holds "
                    + what
                    + "; was another device meant? 'dsa pool format --force' makes a pool and"
                    + " destroys what is there")
            .orElse("it is blank; 'dsa pool format " + device.uri() + "' makes one");
    return new StorageException(Category.NO_POOL, device.uri() + ": no DSA pool, " + found);
  }
}
