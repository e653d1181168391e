package io.dsa.protocol;

import java.util.Objects;

/**
 * One pool of a server. A structure: its length comes before it and options may come after its
 * fields.
 *
 * <pre>
 *    0               1               2               3
 *   +---------------+---------------+---------------+---------------+
 *  0|         length of URI         |  URI, UTF-8                  ...
 *   +---------------+---------------+---------------+---------------+
 *   |                    capacity, bytes (64 bits)                 ...
 *   +---------------+---------------+---------------+---------------+
 *   |                      free, bytes (64 bits)                   ...
 *   +---------------+---------------+---------------+---------------+
 *   |  persistence  |
 *   +---------------+
 * </pre>
 *
 * @param uri the device, as in {@code devdax:/dev/dax0.0}, at most 1024 bytes
 * @param capacity what volumes can use in all, in bytes
 * @param free what volumes can still use, in bytes
 * @param persistence how far a write has to get to survive: VOLATILE 1, MEMORY_CONTROLLER 2,
 *     CPU_CACHE 3, DEVICE 4
 */
public record PoolInfo(String uri, long capacity, long free, Persistence persistence) {
  /** The longest URI of a pool, in bytes of UTF-8. */
  public static final int MAX_URI_BYTES = 1024;

  public PoolInfo {
    WireText.check("pool", uri, MAX_URI_BYTES);
    WireCheck.notNegative("capacity", capacity);
    WireCheck.notNegative("free", free);
    Objects.requireNonNull(persistence, "persistence");
  }

  void encode(FieldWriter out) {
    out.text(uri).int64(capacity).int64(free).u8(persistence.wire());
  }

  static PoolInfo decode(FieldReader in) throws ProtocolException {
    return new PoolInfo(
        in.text("pool", MAX_URI_BYTES),
        in.int64("capacity"),
        in.int64("free"),
        Persistence.fromWire(in.u8("persistence")));
  }
}
