package io.dsa.verbs;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.util.EnumSet;
import java.util.Set;

/**
 * What a device is and can, as it says itself: ibv_query_device_ex(3).
 *
 * @param name such as mlx5_0 or rxe0
 * @param firmware its version, empty for software devices
 * @param maxRegionBytes the largest memory region; {@link Long#MAX_VALUE} where the device names
 *     none that Java can count to, as SoftRoCE does
 * @param maxQueuePairs queue pairs of the device
 * @param maxQueueDepth work requests in one queue
 * @param maxSegments scatter and gather elements in one request
 * @param maxCompletions entries of one completion queue
 * @param maxRegions memory regions of the device
 * @param maxWindows memory windows of the device
 * @param maxReads READs and atomics in flight to one queue pair
 * @param maxMessageBytes the longest READ or WRITE
 * @param mtu bytes of payload in a packet of port 1
 * @param features what it can beyond plain verbs
 */
public record DeviceAttributes(
    String name,
    String firmware,
    long maxRegionBytes,
    int maxQueuePairs,
    int maxQueueDepth,
    int maxSegments,
    int maxCompletions,
    int maxRegions,
    int maxWindows,
    int maxReads,
    long maxMessageBytes,
    int mtu,
    Set<Feature> features) {

  static final long BYTES = 272;
  static final long MAX_REGION = 136;
  static final long FEATURES = 160;
  static final long MAX_MESSAGE = 260;

  /** Abilities beyond plain verbs; the bits are DSA_FEATURE_* of dsa_verbs.h. */
  public enum Feature {
    MEMORY_WINDOW_TYPE_2A(1),
    MEMORY_WINDOW_TYPE_2B(1 << 1),
    FLUSH_GLOBAL(1 << 2),
    FLUSH_PERSISTENT(1 << 3),
    ATOMIC_WRITE(1 << 4),
    ON_DEMAND_PAGING(1 << 5),
    ATOMICS(1 << 6);

    private final long bit;

    Feature(long bit) {
      this.bit = bit;
    }
  }

  public DeviceAttributes {
    features = Set.copyOf(features);
  }

  /** Whether type-2 windows can be bound, of either kind. */
  public boolean hasMemoryWindows() {
    return features.contains(Feature.MEMORY_WINDOW_TYPE_2A)
        || features.contains(Feature.MEMORY_WINDOW_TYPE_2B);
  }

  static DeviceAttributes read(MemorySegment memory) {
    EnumSet<Feature> features = EnumSet.noneOf(Feature.class);
    long bits = memory.get(JAVA_LONG, FEATURES);
    for (Feature feature : Feature.values()) {
      if ((bits & feature.bit) != 0) {
        features.add(feature);
      }
    }
    return new DeviceAttributes(
        memory.getString(0),
        memory.getString(64),
        saturated(memory.get(JAVA_LONG, MAX_REGION)),
        memory.get(JAVA_INT, 192),
        memory.get(JAVA_INT, 196),
        memory.get(JAVA_INT, 200),
        memory.get(JAVA_INT, 212),
        memory.get(JAVA_INT, 216),
        memory.get(JAVA_INT, 220),
        memory.get(JAVA_INT, 228),
        Integer.toUnsignedLong(memory.get(JAVA_INT, MAX_MESSAGE)),
        memory.get(JAVA_INT, 256),
        features);
  }

  /** An unsigned number, or the largest signed one where it is larger than that. */
  private static long saturated(long unsigned) {
    return unsigned < 0 ? Long.MAX_VALUE : unsigned;
  }
}
