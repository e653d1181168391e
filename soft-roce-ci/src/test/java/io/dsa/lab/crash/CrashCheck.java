package io.dsa.lab.crash;

import io.dsa.lab.crash.ExpectedVolume.Shape;
import io.dsa.lab.crash.Finding.Fault;
import io.dsa.lab.crash.SlotRecord.Reading;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Holds what is there after a crash against the journal of what was acknowledged before. */
final class CrashCheck {
  private static final long CHUNK = 512L * SlotRecord.SLOT_BYTES;
  private static final long WORD = Long.BYTES;

  private final Contents contents;
  private final List<Finding> findings = new ArrayList<>();

  private CrashCheck(Contents contents) {
    this.contents = contents;
  }

  /** Returns everything that is wrong; nothing if nothing is. */
  static List<Finding> findings(Journal journal, Contents contents) {
    CrashCheck check = new CrashCheck(contents);
    Set<Shape> unexplained = new LinkedHashSet<>(contents.volumes());
    for (ExpectedVolume expected : journal.volumes()) {
      check.volume(expected, unexplained);
    }
    for (Shape shape : unexplained) {
      check.add(Fault.ILLEGAL, "there is a volume that nobody made or left there: " + shape);
    }
    return check.findings;
  }

  /** Returns what is wrong when the pool does not open any more. */
  static List<Finding> nothingLeft(Journal journal, String why) {
    List<Finding> findings = new ArrayList<>();
    findings.add(new Finding(Fault.ILLEGAL, "the pool does not open: " + why));
    long records = journal.volumes().stream().mapToLong(ExpectedVolume::flushedRecords).sum();
    if (records > 0) {
      findings.add(new Finding(Fault.LOST, records, "all records"));
    }
    return findings;
  }

  private void add(Fault fault, String text) {
    findings.add(new Finding(fault, text));
  }

  private void volume(ExpectedVolume expected, Set<Shape> unexplained) {
    List<Optional<Shape>> possible = expected.possible();
    Optional<Shape> found =
        possible.stream().flatMap(Optional::stream).filter(unexplained::contains).findFirst();
    if (found.isPresent()) {
      unexplained.remove(found.get());
      read(expected, found.get());
    } else if (!possible.contains(Optional.<Shape>empty())) {
      long records = expected.flushedRecords();
      add(Fault.ILLEGAL, "there is no " + possible + ", and " + records + " records with it");
      if (records > 0) {
        findings.add(new Finding(Fault.LOST, records, "all records of " + possible));
      }
    }
  }

  private void read(ExpectedVolume expected, Shape shape) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment buffer = arena.allocate(Math.min(CHUNK, shape.bytes()), WORD);
      for (long at = 0; at < shape.bytes(); at += CHUNK) {
        MemorySegment chunk = buffer.asSlice(0, Math.min(CHUNK, shape.bytes() - at));
        contents.read(shape.name(), at, chunk);
        int first = SlotRecord.slots(at);
        int slots = SlotRecord.slots(chunk.byteSize());
        for (int slot = 0; slot < slots; slot++) {
          slot(
              expected,
              first + slot,
              chunk.asSlice((long) slot * SlotRecord.SLOT_BYTES, SlotRecord.SLOT_BYTES));
        }
        int cut = first + slots;
        unwritten(
            "the end of volume " + expected.id(),
            chunk.asSlice((long) slots * SlotRecord.SLOT_BYTES),
            expected.slot(cut).issued() > 0 || expected.fragment(cut) > 0,
            expected.id());
      }
    }
  }

  private void slot(ExpectedVolume expected, int index, MemorySegment bytes) {
    ExpectedVolume.Slot slot = expected.slot(index);
    for (int parity = 0; parity < 2; parity++) {
      MemorySegment place =
          bytes.asSlice((long) parity * SlotRecord.PLACE_BYTES, SlotRecord.PLACE_BYTES);
      long newest = slot.issued() - Math.floorMod(slot.issued() - parity, 2);
      String where = "volume " + expected.id() + " slot " + index + " place " + parity;
      long fragment = expected.fragment(index);
      if (newest < 1 || newest <= fragment) {
        unwritten(where, place, fragment > 0, expected.id());
      } else {
        // What it replaces, if that was there whole.
        long older = newest - 2 > fragment ? newest - 2 : 0;
        place(where, new SlotRecord(expected.id(), index, newest), older, slot.flushed(), place);
      }
    }
  }

  /** Where nothing was written there are zeros, or what is left of the volume's own records. */
  private void unwritten(String where, MemorySegment bytes, boolean fragment, long volume) {
    boolean foreign = holdsForeignMagic(bytes, 0, volume, fragment);
    if (foreign || (!fragment && !SlotRecord.isBlank(bytes))) {
      add(
          Fault.RETURNED,
          where
              + " was never written and is not zero"
              + (foreign ? "; it holds a record of another volume" : ""));
    }
  }

  private static boolean holdsForeignMagic(
      MemorySegment bytes, long from, long volume, boolean fragment) {
    for (long at = from; at + 2 * WORD <= bytes.byteSize(); at += WORD) {
      if (bytes.get(ValueLayout.JAVA_LONG_UNALIGNED, at) == SlotRecord.MAGIC) {
        long found = bytes.get(ValueLayout.JAVA_LONG_UNALIGNED, at + WORD);
        if (found != volume && !(fragment && isCutOff(found, volume))) {
          return true;
        }
      }
    }
    return false;
  }

  /** Says whether a volume's number may be one whose last bytes were replaced by zeros. */
  private static boolean isCutOff(long found, long volume) {
    for (int kept = 0; kept < Long.SIZE; kept += Byte.SIZE) {
      if (found == (volume & ((1L << kept) - 1))) {
        return true;
      }
    }
    return false;
  }

  /**
   * Checks a place that was written to.
   *
   * @param newest the newest record that may be there
   * @param older sequence number of the one before it in this place, or 0
   * @param flushed the slot's newest record that has to be there
   */
  private void place(
      String where, SlotRecord newest, long older, long flushed, MemorySegment place) {
    boolean inFlight = newest.sequence() > flushed;
    String expected = where + " has to hold sequence " + newest.sequence();
    switch (SlotRecord.read(place)) {
      case Reading.Whole(SlotRecord found) -> {
        if (found.volume() != newest.volume() || found.slot() != newest.slot()) {
          add(Fault.RETURNED, where + " holds " + found);
        } else if (found.sequence() > newest.sequence()) {
          add(Fault.ILLEGAL, where + " holds " + found + ", which was never written");
        } else if (found.sequence() < (inFlight ? older : newest.sequence())) {
          add(Fault.LOST, expected + " and holds " + found.sequence());
        }
      }
      case Reading.Blank _ -> {
        if (!inFlight || older > 0) {
          add(Fault.LOST, expected + " and is blank");
        }
      }
      case Reading.Broken _ -> {
        if (!inFlight) {
          add(Fault.TORN, expected + " and holds no whole record");
        }
      }
    }
    if (holdsForeignMagic(place, WORD, newest.volume(), false)) {
      add(Fault.RETURNED, where + " holds a record of another volume in its middle");
    }
  }
}
