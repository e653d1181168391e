package io.dsa.client;

import io.dsa.protocol.Done;
import io.dsa.protocol.DurabilityMethod;
import io.dsa.protocol.ExtentGrant;
import io.dsa.verbs.QueuePairAttributes.Operations;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** A queue on a {@link ModelEndpoint}, to a volume of three extents. */
final class ModelQueue {
  static final long BYTES = 3 << 20;
  static final long EXTENT = 1 << 20;
  static final int MAX_MESSAGE = 1 << 19;

  private static final long ALL =
      Operations.COMPARE_SWAP | Operations.FETCH_ADD | Operations.ATOMIC_WRITE;

  final ModelEndpoint endpoint;
  final IoQueue queue;

  /** Persist calls that have not been answered. */
  final List<CompletableFuture<Done>> persistCalls = new ArrayList<>();

  final RegisteredBuffer buffer = buffer(Arena.ofAuto().allocate(BYTES, 4096));

  private ModelQueue(
      boolean writable, DurabilityMethod durability, long operations, QueueOptions options) {
    int sendDepth = Math.max(16, 2 * options.depth());
    endpoint = new ModelEndpoint(sendDepth);
    queue =
        new IoQueue(
            new QueueVolume(
                "v", BYTES, writable, Optional.ofNullable(durability), null, this::persist),
            endpoint,
            new ExtentMap(
                List.of(
                    new ExtentGrant(0, 0, EXTENT, 0x1000_0000, 1),
                    new ExtentGrant(0, EXTENT, EXTENT, 0x3000_0000, 2),
                    new ExtentGrant(0, 2 * EXTENT, EXTENT, 0x5000_0000, 3))),
            buffer(Arena.ofAuto().allocate(RemoteRanges.PROBE_BYTES, 8)),
            new IoQueue.Limits(MAX_MESSAGE, sendDepth, operations),
            options,
            closed -> {});
  }

  private CompletableFuture<Done> persist(long offset, long length) {
    CompletableFuture<Done> call = new CompletableFuture<>();
    persistCalls.add(call);
    return call;
  }

  static ModelQueue flushedBy(DurabilityMethod method, QueueOptions options) {
    return new ModelQueue(true, method, ALL, options);
  }

  static ModelQueue ofDepth(int depth) {
    return flushedBy(DurabilityMethod.RDMA_FLUSH, QueueOptions.defaults().withDepth(depth));
  }

  static ModelQueue readOnly() {
    return new ModelQueue(
        false, DurabilityMethod.RDMA_FLUSH, ALL, QueueOptions.defaults().withDepth(4));
  }

  static ModelQueue withoutAtomics() {
    return new ModelQueue(
        true, DurabilityMethod.RDMA_FLUSH, 0, QueueOptions.defaults().withDepth(4));
  }

  static ModelQueue ofVolatileVolume() {
    return new ModelQueue(true, null, ALL, QueueOptions.defaults().withDepth(4));
  }

  static RegisteredBuffer buffer(MemorySegment memory) {
    return new RegisteredBuffer(null, memory, 77, closed -> {});
  }
}
