package io.dsa.protocol;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

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
 *   |  option 1: the volume's id, 16 bytes                         ...
 *   |  option 2: nothing; there if others wrote                    ...
 * </pre>
 *
 * @param handle names the open volume in this session
 * @param bytes the volume's size
 * @param extentCount how many grants there will be for each queue
 * @param durability what the server offers on this volume; empty where it is volatile
 * @param targets where data queues connect to; grants name them by index. At least one
 * @param id of the volume, which no other ever has, also not one of the same name; empty where the
 *     server does not say
 * @param othersWrote whether another writer than the one that {@link OpenVolume} names has had the
 *     volume for writing, in this run of the server, since that one had it last
 */
public record VolumeOpened(
    long handle,
    long bytes,
    int extentCount,
    Set<DurabilityMethod> durability,
    List<Target> targets,
    Optional<UUID> id,
    boolean othersWrote)
    implements Reply {
  private static final int OPTION_ID = 1;
  private static final int OPTION_OTHERS_WROTE = 2;

  public VolumeOpened {
    WireCheck.notNegative("size", bytes);
    WireCheck.range("number of extents", extentCount, 0, Integer.MAX_VALUE);
    durability = DurabilityMethod.copyOf(durability);
    targets = List.copyOf(targets);
    Objects.requireNonNull(id, "id");
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
    id.ifPresent(volume -> out.option(OPTION_ID, volume));
    if (othersWrote) {
      out.u16(OPTION_OTHERS_WROTE).u16(0);
    }
  }

  static VolumeOpened decode(FieldReader in) throws ProtocolException {
    long handle = in.int64("handle");
    long bytes = in.int64("size");
    int extentCount = in.int32("number of extents");
    Set<DurabilityMethod> durability = in.methods("durability methods");
    List<Target> targets = in.structures("target", Target::decode);
    Optional<UUID> id = Optional.empty();
    boolean othersWrote = false;
    while (in.hasOption()) {
      FieldReader.Option option = in.option();
      switch (option.tag()) {
        case OPTION_ID -> id = Optional.of(option.value().uuid("volume id"));
        case OPTION_OTHERS_WROTE -> othersWrote = true;
        default -> {}
      }
    }
    return new VolumeOpened(handle, bytes, extentCount, durability, targets, id, othersWrote);
  }
}
