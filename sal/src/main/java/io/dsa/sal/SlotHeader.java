package io.dsa.sal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
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
  private static final int CHECKSUM_OFFSET = 124;

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
    boolean sound = in.getInt(CHECKSUM_OFFSET) == checksum(bytes, CHECKSUM_OFFSET);
    if (in.getLong() != MAGIC) {
      return new Reading.Foreign();
    }
    if (!sound) {
      return new Reading.Broken("its header's checksum is wrong");
    }
    int version = in.getInt();
    if (version != VERSION) {
      return version > VERSION
          ? new Reading.Newer(version)
          : new Reading.Broken("its format version is " + version);
    }
    int readSlot = in.getInt();
    long generation = in.getLong();
    UUID poolId = new UUID(in.getLong(), in.getLong());
    long capacity = in.getLong();
    long dataOffset = in.getLong();
    long dataLength = in.getLong();
    long payloadOffset = in.getLong();
    long payloadCapacity = in.getLong();
    long payloadLength = in.getLong();
    int payloadChecksum = in.getInt();
    int unit = in.getInt();
    PoolLayout layout = PoolLayout.of(capacity);
    if (readSlot != slot
        || generation < 1
        || capacity < PoolLayout.MIN_CAPACITY
        || !layout.equals(new PoolLayout(capacity, payloadCapacity, dataOffset, dataLength))
        || payloadOffset != layout.payloadOffset(slot)
        || payloadLength < 0
        || payloadLength > payloadCapacity
        || unit != PoolLayout.UNIT) {
      return new Reading.Broken("its header contradicts itself");
    }
    return new Reading.Header(
        new SlotHeader(slot, generation, poolId, layout, payloadLength, payloadChecksum));
  }

  static int checksum(byte[] bytes, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, length);
    return (int) crc.getValue();
  }
}
