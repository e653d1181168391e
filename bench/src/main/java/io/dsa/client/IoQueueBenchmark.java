package io.dsa.client;

import io.dsa.protocol.DurabilityMethod;
import io.dsa.protocol.ExtentGrant;
import io.dsa.verbs.QueuePairAttributes.Operations;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What the client itself spends on a request, from asking for it to hearing of it, where posting
 * and polling cost nothing. Run it with {@code -prof gc}: it must not allocate.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class IoQueueBenchmark {
  private static final int BATCH = 32;
  private static final int BLOCK = 4096;
  private static final long BYTES = 1L << 30;
  private static final long EXTENT = BYTES / 4;
  private static final int SEND_DEPTH = 4 * BATCH;

  private IoQueue queue;
  private RegisteredBuffer buffer;
  private CompletionHandler handler;
  private final IoVector vector = new IoVector(4);
  private long offset;
  private long failures;

  @Setup
  public void open() {
    Arena arena = Arena.ofAuto();
    buffer = new RegisteredBuffer(null, arena.allocate(1 << 20, BLOCK), 7, closed -> {});
    queue =
        new IoQueue(
            new QueueVolume(
                "v",
                BYTES,
                true,
                Optional.of(DurabilityMethod.RDMA_FLUSH),
                null,
                (at, length) -> new CompletableFuture<>()),
            new InstantEndpoint(SEND_DEPTH),
            new ExtentMap(
                List.of(
                    new ExtentGrant(0, 0, EXTENT, 1L << 40, 1),
                    new ExtentGrant(0, EXTENT, EXTENT, 2L << 40, 2),
                    new ExtentGrant(0, 2 * EXTENT, EXTENT, 3L << 40, 3),
                    new ExtentGrant(0, 3 * EXTENT, EXTENT, 4L << 40, 4))),
            new RegisteredBuffer(null, arena.allocate(8, 8), 8, closed -> {}),
            new IoQueue.Limits(1 << 30, SEND_DEPTH, Operations.FETCH_ADD),
            QueueOptions.defaults().withDepth(BATCH),
            closed -> {});
    handler = (token, status) -> failures += status == IoStatus.OK ? 0 : 1;
  }

  private long nextOffset() {
    // A step that is no divisor of the volume visits all extents.
    offset = (offset + 1237L * BLOCK) % BYTES;
    return offset;
  }

  @Benchmark
  public long read() {
    queue.read(nextOffset(), buffer, 0, BLOCK, 1);
    queue.poll(handler);
    return failures;
  }

  @Benchmark
  public long awaitedRead() {
    queue.read(nextOffset(), buffer, 0, BLOCK, 1);
    queue.await(handler, 1_000_000_000L);
    return failures;
  }

  @Benchmark
  public long durableWrite() {
    queue.writeDurable(nextOffset(), buffer, 0, BLOCK, 1);
    queue.poll(handler);
    return failures;
  }

  @Benchmark
  public long fetchAndAdd() {
    queue.fetchAndAdd(nextOffset(), 1, buffer, 0, 1);
    queue.poll(handler);
    return failures;
  }

  @Benchmark
  public long vectoredReadOfFour() {
    vector.clear();
    for (int i = 0; i < 4; i++) {
      vector.add(nextOffset(), buffer, (long) i * BLOCK, BLOCK);
    }
    queue.read(vector, 1);
    queue.poll(handler);
    return failures;
  }

  @Benchmark
  @OperationsPerInvocation(BATCH)
  public long batchedRead() {
    queue.beginBatch();
    for (int i = 0; i < BATCH; i++) {
      queue.read(nextOffset(), buffer, 0, BLOCK, i);
    }
    queue.submit();
    queue.poll(handler);
    return failures;
  }
}
