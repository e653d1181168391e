package io.dsa.lab.crash;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.zip.CRC32C;

/**
 * One record, which says where it belongs and whether it is whole. Little-endian:
 *
 * <pre>
 *   0  8  magic
 *   8  8  volume: a number that no other volume ever has, also not one of the same name
 *  16  8  sequence number in its slot, from 1
 *  24  4  slot
 *  28  4  length of the record, all of it
 *  32  4  CRC32C of all other bytes
 *  36  n  bytes that follow from volume, slot and sequence number
 * </pre>
 *
 * <p>A volume is an array of slots, and a slot is two places; the record with sequence number n is
 * in place n modulo 2. So a write never touches the record that was acknowledged before it.
 *
 * @param volume whose record it is
 * @param slot in the volume, from 0
 * @param sequence in the slot, from 1
 */
record SlotRecord(long volume, int slot, long sequence) {
  /** No multiple of a cache line or a page: neighbours share both. */
  static final int PLACE_BYTES = 1000;

  static final int SLOT_BYTES = 2 * PLACE_BYTES;

  /** At the first 8 bytes of every record, and by chance nowhere else. */
  static final long MAGIC = 0x91D5_C8A3_5AFE_D47AL;

  private static final MemorySegment ZEROS = MemorySegment.ofArray(new byte[SLOT_BYTES]);
  private static final int HEADER_BYTES = 36;
  private static final int CHECKSUM_OFFSET = 32;

  /** What is in a place. */
  sealed interface Reading {
    /** A record that is whole. */
    record Whole(SlotRecord record) implements Reading {}

    /** Nothing but zeros. */
    record Blank() implements Reading {}

    /** Something, but no record that is whole. */
    record Broken() implements Reading {}
  }

  /** Returns where the record belongs, in bytes from the first one of its volume. */
  long offset() {
    return offset(slot, sequence);
  }

  static long offset(int slot, long sequence) {
    return (long) slot * SLOT_BYTES + sequence % 2 * PLACE_BYTES;
  }

  /** Returns how many slots a volume of so many bytes has. */
  static int slots(long volumeBytes) {
    return (int) (volumeBytes / SLOT_BYTES);
  }

  byte[] encode() {
    SplittableRandom random =
        new SplittableRandom(volume ^ Long.rotateLeft(sequence, 20) ^ Long.rotateLeft(slot, 40));
    byte[] bytes = new byte[random.nextInt(HEADER_BYTES, PLACE_BYTES + 1)];
    random.nextBytes(bytes);
    ByteBuffer out = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    out.putLong(MAGIC).putLong(volume).putLong(sequence).putInt(slot).putInt(bytes.length);
    out.putInt(checksum(bytes));
    return bytes;
  }

  /** Reads a place, {@link #PLACE_BYTES} long. */
  static Reading read(MemorySegment place) {
    byte[] bytes = place.toArray(ValueLayout.JAVA_BYTE);
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    if (in.getLong() == MAGIC) {
      SlotRecord record = new SlotRecord(in.getLong(), readSlot(bytes), in.getLong());
      int length = in.getInt(28);
      if (length >= HEADER_BYTES && length <= bytes.length && record.isWhole(bytes, length)) {
        return new Reading.Whole(record);
      }
      return new Reading.Broken();
    }
    return isBlank(place) ? new Reading.Blank() : new Reading.Broken();
  }

  private static int readSlot(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt(24);
  }

  private boolean isWhole(byte[] place, int length) {
    byte[] bytes = Arrays.copyOf(place, length);
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt(CHECKSUM_OFFSET)
        == checksum(bytes);
  }

  /** Says whether up to {@link #SLOT_BYTES} bytes are all zeros. */
  static boolean isBlank(MemorySegment bytes) {
    return ZEROS.asSlice(0, bytes.byteSize()).mismatch(bytes) < 0;
  }

  private static int checksum(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, CHECKSUM_OFFSET);
    crc.update(bytes, CHECKSUM_OFFSET + Integer.BYTES, bytes.length - HEADER_BYTES);
    return (int) crc.getValue();
  }
}
