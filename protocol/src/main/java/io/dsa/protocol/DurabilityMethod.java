package io.dsa.protocol;

import java.util.Collection;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * A way to make completed writes survive a power cut of the server. A set of them travels as 32
 * bits; bits that the receiver does not know are dropped, since a method that only one end knows
 * cannot be used. The empty set means volatile: nothing survives and a durable flush is refused.
 *
 * <p>In order of preference, best first.
 */
public enum DurabilityMethod {
  /** An RDMA FLUSH with the persistent placement type after the writes, on their queue. Bit 0. */
  RDMA_FLUSH(0),
  /** An RDMA READ after the writes: the operator declared that inbound DMA is persistent. Bit 1. */
  READ_AFTER_WRITE(1),
  /** A small RDMA READ, so that the writes have landed, then a {@link Persist} request. Bit 2. */
  SERVER_PERSIST(2);

  private final int bit;

  DurabilityMethod(int bit) {
    this.bit = bit;
  }

  /** Returns the first method, in order of preference, that both ends have. */
  public static Optional<DurabilityMethod> best(
      Collection<DurabilityMethod> client, Collection<DurabilityMethod> server) {
    for (DurabilityMethod method : values()) {
      if (client.contains(method) && server.contains(method)) {
        return Optional.of(method);
      }
    }
    return Optional.empty();
  }

  static int toBits(Set<DurabilityMethod> methods) {
    int bits = 0;
    for (DurabilityMethod method : methods) {
      bits |= 1 << method.bit;
    }
    return bits;
  }

  static Set<DurabilityMethod> fromBits(int bits) {
    EnumSet<DurabilityMethod> methods = EnumSet.noneOf(DurabilityMethod.class);
    for (DurabilityMethod method : values()) {
      if ((bits & (1 << method.bit)) != 0) {
        methods.add(method);
      }
    }
    return Collections.unmodifiableSet(methods);
  }

  /** Returns an unmodifiable copy in the order of preference. */
  static Set<DurabilityMethod> copyOf(Set<DurabilityMethod> methods) {
    EnumSet<DurabilityMethod> copy = EnumSet.noneOf(DurabilityMethod.class);
    copy.addAll(methods);
    return Collections.unmodifiableSet(copy);
  }
}
