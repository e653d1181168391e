package io.dsa.protocol;

import java.util.Objects;
import java.util.Set;

/**
 * One volume. A structure: its length comes before it and options may come after its fields.
 *
 * <pre>
 *    0               1               2               3
 *   +---------------+---------------+---------------+---------------+
 *  0|        length of name         |  name, UTF-8                 ...
 *   +---------------+---------------+---------------+---------------+
 *   |                      size, bytes (64 bits)                   ...
 *   +---------------+---------------+---------------+---------------+
 *   |       length of pool URI      |  pool URI, UTF-8             ...
 *   +---------------+---------------+---------------+---------------+
 *   |                       number of extents                       |
 *   +---------------+---------------+---------------+---------------+
 *   |          durability methods, see DurabilityMethod             |
 *   +---------------+---------------+---------------+---------------+
 *   |     state     |
 *   +---------------+
 * </pre>
 *
 * @param name of the volume, at most 255 bytes
 * @param bytes its size
 * @param pool the URI of its pool, at most 1024 bytes
 * @param extents how many pieces of the pool it has
 * @param durability how a flush can be made durable; empty where the pool is volatile
 * @param state CREATING 1, READY 2, DELETING 3
 */
public record VolumeInfo(
    String name,
    long bytes,
    String pool,
    int extents,
    Set<DurabilityMethod> durability,
    VolumeState state) {
  public VolumeInfo {
    WireText.check("volume name", name, VolumeName.MAX_BYTES);
    WireCheck.notNegative("size", bytes);
    WireText.check("pool", pool, PoolInfo.MAX_URI_BYTES);
    WireCheck.range("number of extents", extents, 0, Integer.MAX_VALUE);
    durability = DurabilityMethod.copyOf(durability);
    Objects.requireNonNull(state, "state");
  }

  /** Says whether nothing of it survives a power cut, so that a durable flush is refused. */
  public boolean isVolatile() {
    return durability.isEmpty();
  }

  void encode(FieldWriter out) {
    out.text(name).int64(bytes).text(pool).int32(extents).methods(durability).u8(state.wire());
  }

  static VolumeInfo decode(FieldReader in) throws ProtocolException {
    return new VolumeInfo(
        in.text("volume name", VolumeName.MAX_BYTES),
        in.int64("size"),
        in.text("pool", PoolInfo.MAX_URI_BYTES),
        in.int32("number of extents"),
        in.methods("durability methods"),
        VolumeState.fromWire(in.u8("state")));
  }
}
