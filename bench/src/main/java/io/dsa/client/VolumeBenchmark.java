package io.dsa.client;

import io.dsa.protocol.DurabilityMethod;
import io.dsa.protocol.ExtentGrant;
import io.dsa.protocol.InstanceId;
import io.dsa.protocol.OpenMode;
import io.dsa.verbs.QueuePairAttributes.Operations;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a volume adds to {@link IoQueueBenchmark}: the way to a lane and back, copies, and futures.
 * The device has done everything by the next poll.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class VolumeBenchmark {
  private static final int BATCH = 32;
  private static final int BLOCK = 4096;
  private static final long BYTES = 1L << 30;

  private final byte[] heap = new byte[BLOCK];
  private final CompletableFuture<?>[] futures = new CompletableFuture<?>[BATCH];
  private Volume volume;
  private MemorySegment registered;

  @Setup
  public void open() {
    OneBuffer memory = new OneBuffer();
    Attachment attachment = new InstantAttachment();
    volume =
        new Volume(
            "v",
            OpenMode.READ_WRITE,
            VolumeOptions.defaults(),
            attachment,
            () -> attachment,
            memory,
            closed -> {});
    registered = memory.users.memory();
  }

  @TearDown
  public void close() {
    volume.close();
  }

  @Benchmark
  public void copiedRead() {
    volume.read(0, heap);
  }

  @Benchmark
  public void read() {
    volume.read(0, registered);
  }

  @Benchmark
  public void durableWrite() {
    volume.writeDurable(0, registered);
  }

  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void readsWithFutures() {
    for (int i = 0; i < BATCH; i++) {
      futures[i] = volume.readAsync((long) i * BLOCK, registered);
    }
    for (CompletableFuture<?> future : futures) {
      future.join();
    }
  }

  private static final class OneBuffer implements DeviceMemory {
    final RegisteredBuffer users = allocate(BLOCK);

    @Override
    public RegisteredBuffer allocate(long bytes) {
      return register(Arena.ofAuto().allocate(bytes, BLOCK));
    }

    @Override
    public RegisteredBuffer register(MemorySegment memory) {
      return new RegisteredBuffer(null, memory, 7, closed -> {});
    }

    @Override
    public RegisteredBuffer find(MemorySegment memory) {
      return users.holds(memory) ? users : null;
    }
  }

  private static final class InstantAttachment implements Attachment {
    private final InstanceId instance = InstanceId.random();

    @Override
    public InstanceId instance() {
      return instance;
    }

    @Override
    public boolean continues(InstanceId earlier) {
      return true;
    }

    @Override
    public boolean isTaken() {
      return false;
    }

    @Override
    public long bytes() {
      return BYTES;
    }

    @Override
    public Optional<UUID> id() {
      return Optional.empty();
    }

    @Override
    public Optional<DurabilityMethod> durability() {
      return Optional.of(DurabilityMethod.RDMA_FLUSH);
    }

    @Override
    public int queueLimit() {
      return 16;
    }

    @Override
    public IoQueue openQueue(QueueOptions options) {
      int sendDepth = 2 * options.depth();
      return new IoQueue(
          new QueueVolume(
              "v", BYTES, true, durability(), null, (at, length) -> new CompletableFuture<>()),
          new InstantEndpoint(sendDepth),
          new ExtentMap(List.of(new ExtentGrant(0, 0, BYTES, 1L << 40, 1))),
          new RegisteredBuffer(null, Arena.ofAuto().allocate(8, 8), 8, closed -> {}),
          new IoQueue.Limits(1 << 30, sendDepth, Operations.FETCH_ADD),
          options,
          closed -> {});
    }

    @Override
    public Optional<DsaException> leave() {
      return Optional.empty();
    }
  }
}
