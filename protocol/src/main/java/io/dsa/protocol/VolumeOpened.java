package io.dsa.protocol;

import java.util.List;
import java.util.Set;

/**
 * Answers {@link OpenVolume}. Type 0x8020.
 *
 * <pre>
 *    0               1               2               3
 *   +---------------+---------------+---------------+---------------+
 *  0|                       handle (64 bits)                       ...
 *   +---------------+---------------+---------------+---------------+
 *  8|                     size, bytes (64 bits)                    ...
 *   +---------------+---------------+---------------+---------------+
 * 16|                       number of extents                       |
 *   +---------------+---------------+---------------+---------------+
 * 20|          durability methods, see DurabilityMethod             |
 *   +---------------+---------------+---------------+---------------+
 * 24|       number of targets       |       length of target        |
 *   +---------------+---------------+---------------+---------------+
 * 28|  target, see Target; length and target repeated              ...
 *   +---------------+---------------+---------------+---------------+
 *   |  options                                                     ...
 * </pre>
 *
 * @param handle names the open volume in this session
 * @param bytes the volume's size
 * @param extentCount how many grants there will be for each queue
 * @param durability what the server offers on this volume; empty where it is volatile
 * @param targets where data queues connect to; grants name them by index. At least one
 */
public record VolumeOpened(
    long handle,
    long bytes,
    int extentCount,
    Set<DurabilityMethod> durability,
    List<Target> targets)
    implements Reply {
  public VolumeOpened {
    WireCheck.notNegative("size", bytes);
    WireCheck.range("number of extents", extentCount, 0, Integer.MAX_VALUE);
    durability = DurabilityMethod.copyOf(durability);
    targets = List.copyOf(targets);
    if (targets.isEmpty()) {
      throw new IllegalArgumentException("a volume has at least one target");
    }
  }

  /** Says whether nothing of it survives a power cut, so that a durable flush is refused. */
  public boolean isVolatile() {
    return durability.isEmpty();
  }

  void encode(FieldWriter out) {
    out.int64(handle).int64(bytes).int32(extentCount).methods(durability).u16(targets.size());
    for (Target target : targets) {
      int start = out.begin();
      target.encode(out);
      out.end(start);
    }
  }

  static VolumeOpened decode(FieldReader in) throws ProtocolException {
    return new VolumeOpened(
        in.int64("handle"),
        in.int64("size"),
        in.int32("number of extents"),
        in.methods("durability methods"),
        in.structures("target", Target::decode));
  }
}
