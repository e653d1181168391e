package io.dsa.sal;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;

/**
 * One metadata slot, looked at whatever state it is in. Finds what is wrong; what that means
 * depends on the other slot and is decided above.
 */
final class SlotInspection {
  /**
   * Something that is wrong.
   *
   * @param offset on the device, in bytes
   */
  record Problem(long offset, String what) {}

  private final Device device;
  private final int slot;
  private final byte[] header;
  private final SlotHeader.Reading reading;
  private final List<Problem> problems = new ArrayList<>();
  private final List<Problem> strayBytes = new ArrayList<>();

  private byte[] payload;
  private boolean payloadSound;
  private CatalogReading catalog = new CatalogReading("", 0, List.of(), List.of());

  /** Looks at a slot; what a device is too short for reads as zeros. Writes nothing. */
  SlotInspection(Device device, int slot) {
    this.device = device;
    this.slot = slot;
    long at = PoolLayout.headerOffset(slot);
    long there = Math.clamp(device.capacity() - at, 0, PoolLayout.PAGE);
    byte[] page =
        Arrays.copyOf(read(Math.min(at, device.capacity()), there), (int) PoolLayout.PAGE);
    this.header = Arrays.copyOf(page, SlotHeader.BYTES);
    this.reading = SlotHeader.decode(header, slot);
    inspectHeader();
    inspectRestOf(page);
    if (!(reading instanceof SlotHeader.Reading.Newer)) {
      inspectPayload();
    }
  }

  private void inspectHeader() {
    long at = PoolLayout.headerOffset(slot);
    switch (reading) {
      case SlotHeader.Reading.Header _ -> {}
      case SlotHeader.Reading.Newer(int version) ->
          problems.add(new Problem(at + 8, "its format version is " + version));
      case SlotHeader.Reading.Foreign _ ->
          problems.add(new Problem(at, "it has no header: the magic is not there"));
      case SlotHeader.Reading.Broken(String reason) -> {
        if (!SlotHeader.isChecksumRight(header)) {
          problems.add(new Problem(at + SlotHeader.CHECKSUM_OFFSET, reason));
        } else {
          List<SlotHeader.Contradiction> found = SlotHeader.contradictions(header, slot);
          found.forEach(c -> problems.add(new Problem(at + c.offset(), "it has " + c.what())));
          if (found.isEmpty()) {
            problems.add(new Problem(at + 8, reason));
          }
        }
      }
    }
  }

  private void inspectRestOf(byte[] page) {
    int first = -1;
    int count = 0;
    for (int i = SlotHeader.BYTES; i < page.length; i++) {
      if (page[i] != 0) {
        first = first < 0 ? i : first;
        count++;
      }
    }
    if (count > 0) {
      strayBytes.add(
          new Problem(
              PoolLayout.headerOffset(slot) + first,
              count + " bytes behind the header are not zero, the first of them here"));
    }
  }

  private void inspectPayload() {
    boolean sound = reading instanceof SlotHeader.Reading.Header;
    // Without a header that can be trusted, it is where this device's size says.
    PoolLayout layout =
        reading instanceof SlotHeader.Reading.Header(SlotHeader h)
            ? h.layout()
            : PoolLayout.of(device.capacity());
    SlotHeader fields = SlotHeader.fields(header, slot, layout);
    long at = layout.payloadOffset(slot);
    if (layout.payloadCapacity() > device.capacity() - at) {
      problems.add(new Problem(at, "its payload is beyond the end of the device"));
      return;
    }
    long length = fields.payloadLength();
    boolean said = !(reading instanceof SlotHeader.Reading.Foreign);
    if (said && length >= 0 && length <= layout.payloadCapacity()) {
      payload = read(at, length);
      payloadSound = SlotHeader.checksum(payload, payload.length) == fields.payloadChecksum();
    }
    if (!payloadSound && !sound) {
      // Not even its length can be trusted.
      payload = read(at, layout.payloadCapacity());
    }
    catalog = CatalogReading.of(ByteBuffer.wrap(payload), layout);
    if (payloadSound) {
      for (CatalogReading.Problem problem : catalog.problems()) {
        problems.add(new Problem(at + problem.offset(), problem.what()));
      }
    } else if (sound) {
      problems.add(new Problem(at, "its payload's checksum is wrong"));
    }
  }

  private byte[] read(long offset, long length) {
    byte[] bytes = new byte[Math.toIntExact(length)];
    device.read(offset, MemorySegment.ofArray(bytes));
    return bytes;
  }

  int slot() {
    return slot;
  }

  SlotHeader.Reading reading() {
    return reading;
  }

  /** Returns what is wrong with what the slot says; nothing if it is sound. */
  List<Problem> problems() {
    return problems;
  }

  /** Returns what is wrong beside what the slot says. */
  List<Problem> strayBytes() {
    return strayBytes;
  }

  /** Says whether the checksums of header and payload are right, whatever the payload says. */
  boolean isWhole() {
    return payloadSound && reading instanceof SlotHeader.Reading.Header;
  }

  /** Returns the payload, or null if there is none on the device. */
  byte[] payload() {
    return payload;
  }

  SlotContents contents() {
    SlotContents.State state =
        switch (reading) {
          case SlotHeader.Reading.Foreign _ -> SlotContents.State.MISSING;
          case SlotHeader.Reading.Newer _ -> SlotContents.State.NEWER;
          default -> problems.isEmpty() ? SlotContents.State.SOUND : SlotContents.State.DAMAGED;
        };
    // Without its checksum a header says nothing: a number from it would look like a fact.
    OptionalLong generation =
        state == SlotContents.State.MISSING || !SlotHeader.isChecksumRight(header)
            ? OptionalLong.empty()
            : OptionalLong.of(SlotHeader.fields(header, slot, null).generation());
    return new SlotContents(
        slot, state, generation, Math.max(0, catalog.declared()), catalog.volumes());
  }
}
