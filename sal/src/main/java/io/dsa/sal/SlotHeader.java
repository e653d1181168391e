package io.dsa.sal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * The header of one metadata slot: what the payload is and what it was written for. Big-endian.
 *
 * <pre>
 *   0   8  magic, "DSAPOOL" and a zero byte
 *   8   4  format version
 *  12   4  slot, 0 or 1
 *  16   8  generation, from 1
 *  24  16  pool id
 *  40   8  capacity of the device
 *  48   8  where data begins
 *  56   8  length of data
 *  64   8  where the payload begins
 *  72   8  what the payload can hold
 *  80   8  length of the payload
 *  88   4  CRC32C of the payload
 *  92   4  extent unit
 *  96  28  zeros
 * 124   4  CRC32C of bytes 0 to 123
 * </pre>
 *
 * <p>Magic, version and the header's CRC are where they are in every version of the format, so that
 * an older DSA can tell a newer pool from a broken one.
 */
record SlotHeader(
    int slot,
    long generation,
    UUID poolId,
    PoolLayout layout,
    long payloadLength,
    int payloadChecksum) {
  static final int BYTES = 128;
  static final int VERSION = 1;

  private static final long MAGIC = 0x445341504F4F4C00L;
  private static final int RESERVED_OFFSET = 96;
  static final int CHECKSUM_OFFSET = 124;

  /** What 128 bytes of a device turned out to be. */
  sealed interface Reading {
    /** A header of this format. */
    record Header(SlotHeader header) implements Reading {}

    /** A sound header of a format newer than this build. */
    record Newer(int version) implements Reading {}

    /** Was a header, or was to become one, and is not sound. */
    record Broken(String reason) implements Reading {}

    /** Nothing of DSA's. */
    record Foreign() implements Reading {}
  }

  byte[] encode() {
    ByteBuffer out = ByteBuffer.allocate(BYTES).order(ByteOrder.BIG_ENDIAN);
    out.putLong(MAGIC).putInt(VERSION).putInt(slot).putLong(generation);
    out.putLong(poolId.getMostSignificantBits()).putLong(poolId.getLeastSignificantBits());
    out.putLong(layout.capacity()).putLong(layout.dataOffset()).putLong(layout.dataLength());
    out.putLong(layout.payloadOffset(slot)).putLong(layout.payloadCapacity());
    out.putLong(payloadLength).putInt(payloadChecksum).putInt((int) PoolLayout.UNIT);
    out.putInt(CHECKSUM_OFFSET, checksum(out.array(), CHECKSUM_OFFSET));
    return out.array();
  }

  static Reading decode(byte[] bytes, int slot) {
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.BIG_ENDIAN);
    if (in.getLong(0) != MAGIC) {
      return new Reading.Foreign();
    }
    if (!isChecksumRight(bytes)) {
      return new Reading.Broken("its header's checksum is wrong");
    }
    int version = in.getInt(8);
    if (version != VERSION) {
      return version > VERSION
          ? new Reading.Newer(version)
          : new Reading.Broken("its format version is " + version);
    }
    List<Contradiction> contradictions = contradictions(bytes, slot);
    return contradictions.isEmpty()
        ? new Reading.Header(fields(bytes, slot, PoolLayout.of(in.getLong(40))))
        : new Reading.Broken(
            "its header contradicts itself: it has " + contradictions.getFirst().what());
  }

  static boolean isChecksumRight(byte[] bytes) {
    return ByteBuffer.wrap(bytes).getInt(CHECKSUM_OFFSET) == checksum(bytes, CHECKSUM_OFFSET);
  }

  /** Returns what the fields say, also where nothing vouches for them. */
  static SlotHeader fields(byte[] bytes, int slot, PoolLayout layout) {
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.BIG_ENDIAN);
    UUID poolId = new UUID(in.getLong(24), in.getLong(32));
    return new SlotHeader(slot, in.getLong(16), poolId, layout, in.getLong(80), in.getInt(88));
  }

  /**
   * A field that says what it cannot say.
   *
   * @param offset in the header, in bytes
   * @param what the field and its value, after "it has"
   */
  record Contradiction(int offset, String what) {}

  /** Returns the fields of a header of this version that contradict the layout or each other. */
  static List<Contradiction> contradictions(byte[] bytes, int slot) {
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.BIG_ENDIAN);
    List<Contradiction> found = new ArrayList<>();
    expect(found, 12, "the slot number", in.getInt(12), slot);
    if (in.getLong(16) < 1) {
      found.add(new Contradiction(16, "the generation " + in.getLong(16)));
    }
    long capacity = in.getLong(40);
    if (capacity < PoolLayout.MIN_CAPACITY) {
      found.add(new Contradiction(40, "the capacity " + capacity));
      return found; // all the rest follows from it
    }
    PoolLayout layout = PoolLayout.of(capacity);
    expect(found, 48, "the data's offset", in.getLong(48), layout.dataOffset());
    expect(found, 56, "the data's length", in.getLong(56), layout.dataLength());
    expect(found, 64, "the payload's offset", in.getLong(64), layout.payloadOffset(slot));
    expect(found, 72, "the payload's capacity", in.getLong(72), layout.payloadCapacity());
    long length = in.getLong(80);
    if (length < 0 || length > layout.payloadCapacity()) {
      found.add(new Contradiction(80, "a payload of " + length + " bytes"));
    }
    expect(found, 92, "the extent unit", in.getInt(92), PoolLayout.UNIT);
    for (int at = RESERVED_OFFSET; at < CHECKSUM_OFFSET; at++) {
      expect(found, at, "at the unused byte " + at + " the value", bytes[at], 0);
    }
    return found;
  }

  private static void expect(
      List<Contradiction> found, int offset, String field, long value, long expected) {
    if (value != expected) {
      found.add(new Contradiction(offset, field + " " + value + " and not " + expected));
    }
  }

  static int checksum(byte[] bytes, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, length);
    return (int) crc.getValue();
  }
}
