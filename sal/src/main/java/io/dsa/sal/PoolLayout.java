package io.dsa.sal;

/**
 * Where things are on a device, all of it a function of the device's size.
 *
 * <pre>
 *          0  header of slot 0, 128 bytes, then zeros
 *       4096  header of slot 1, 128 bytes, then zeros
 *       8192  payload of slot 0
 *   8192 + p  payload of slot 1
 * 8192 + 2 p  unused, up to a multiple of 2 MiB
 * dataOffset  data, in units of 2 MiB
 * </pre>
 *
 * @param capacity of the device, in bytes
 * @param payloadCapacity what one slot's payload can hold, in bytes: p above
 * @param dataOffset where volumes begin, in bytes
 * @param dataLength what volumes can use, in bytes
 */
record PoolLayout(long capacity, long payloadCapacity, long dataOffset, long dataLength) {
  static final int SLOTS = 2;
  static final long PAGE = 4096;
  static final long UNIT = Pool.EXTENT_UNIT;

  static final long MIN_CAPACITY = Pool.MIN_CAPACITY;

  /**
   * A volume takes at most 303 bytes of payload with its first extent and every further extent 16;
   * each needs a unit at least. So a pool with this much for each unit runs out of space before it
   * runs out of metadata.
   */
  private static final long PAYLOAD_PER_UNIT = 352;

  /** Past this, metadata would cost more than the guarantee is worth: 200,000 volumes still fit. */
  private static final long MAX_PAYLOAD = 64L << 20;

  static PoolLayout of(long capacity) {
    long payload = Math.min(capacity / UNIT * PAYLOAD_PER_UNIT + PAGE, MAX_PAYLOAD);
    payload = roundUp(payload, PAGE);
    long dataOffset = roundUp(SLOTS * PAGE + SLOTS * payload, UNIT);
    return new PoolLayout(
        capacity, payload, dataOffset, Math.max(0, (capacity - dataOffset) / UNIT * UNIT));
  }

  static long headerOffset(int slot) {
    return slot * PAGE;
  }

  long payloadOffset(int slot) {
    return SLOTS * PAGE + slot * payloadCapacity;
  }

  /** Says whether volumes can have this space: whole units inside of the data. */
  boolean isSpace(long offset, long length) {
    return offset >= dataOffset
        && length > 0
        && offset <= dataOffset + dataLength
        && length <= dataOffset + dataLength - offset
        && offset % UNIT == 0
        && length % UNIT == 0;
  }

  static long roundUp(long value, long unit) {
    return (value + unit - 1) / unit * unit;
  }
}
