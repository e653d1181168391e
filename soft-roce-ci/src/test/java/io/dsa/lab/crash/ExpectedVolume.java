package io.dsa.lab.crash;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** What may be there of one volume, as far as a journal says. Not thread-safe. */
final class ExpectedVolume {
  /** What metadata says of a volume. */
  record Shape(String name, long bytes) {}

  /**
   * What was written to a slot.
   *
   * @param issued the newest sequence number that may be there
   * @param flushed the newest that has to be there, or 0
   */
  record Slot(long issued, long flushed) {}

  private static final Slot UNUSED = new Slot(0, 0);

  private final long id;
  private final Map<Integer, Slot> slots = new HashMap<>();

  /**
   * Slots that once lay across the volume's end, so that a part of their records has stayed, and
   * the newest of these.
   */
  private final Map<Integer, Long> fragments = new HashMap<>();

  /** Null while there is no such volume. */
  private Shape shape;

  /** The change that has begun and not ended, or null. */
  private Change change;

  ExpectedVolume(long id) {
    this.id = id;
  }

  long id() {
    return id;
  }

  /** Returns what it is, if no change is in flight; empty where it does not exist. */
  Optional<Shape> shape() {
    return Optional.ofNullable(shape);
  }

  /** Returns every shape that it may have; empty stands for no such volume. */
  List<Optional<Shape>> possible() {
    Optional<Shape> now = shape();
    return change == null ? List.of(now) : Stream.of(now, changed()).distinct().toList();
  }

  private Optional<Shape> changed() {
    return switch (change) {
      case Change.Create c -> Optional.of(new Shape(c.name(), c.bytes()));
      case Change.Resize c -> Optional.of(new Shape(shape.name(), c.bytes()));
      case Change.Rename c -> Optional.of(new Shape(c.name(), shape.bytes()));
      case Change.Delete _ -> Optional.empty();
    };
  }

  void began(Change begun) {
    if (change != null) {
      throw new IllegalStateException(begun + " begins during " + change);
    }
    change = begun;
  }

  void ended(boolean applied) {
    if (applied) {
      shape = changed().orElse(null);
      if (change instanceof Change.Resize resize) {
        // What a smaller size cuts off has to be gone when the volume grows again.
        int cut = SlotRecord.slots(resize.bytes());
        if (slots.containsKey(cut)) {
          fragments.put(cut, slot(cut).issued());
        }
        slots.keySet().removeIf(slot -> slot >= cut);
        fragments.keySet().removeIf(slot -> slot > cut);
      }
      if (shape == null) {
        slots.clear();
        fragments.clear();
      }
    }
    change = null;
  }

  void issued(SlotRecord record) {
    slots.put(record.slot(), new Slot(record.sequence(), slot(record.slot()).flushed()));
  }

  void flushed(SlotRecord record) {
    slots.put(record.slot(), new Slot(slot(record.slot()).issued(), record.sequence()));
  }

  Slot slot(int index) {
    return slots.getOrDefault(index, UNUSED);
  }

  /**
   * Returns up to which sequence number whole records, or parts of them, may be in a slot that has
   * to have none of them; 0 where there are none.
   */
  long fragment(int index) {
    return fragments.getOrDefault(index, 0L);
  }

  /** Returns the record to write to a slot next. */
  SlotRecord next(int index) {
    return new SlotRecord(id, index, Math.max(slot(index).issued(), fragment(index)) + 1);
  }

  /** Returns how many of its records are to be found: at most two of a slot. */
  long flushedRecords() {
    return slots.values().stream().mapToLong(slot -> Math.min(2, slot.flushed())).sum();
  }
}
