package io.dsa.client;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicInteger;

/** Memory that counts as registered, since the model of a device reaches all there is. */
final class ModelMemory implements DeviceMemory {
  private final BufferIndex buffers = new BufferIndex();

  /** Registrations that were made and not undone. */
  final AtomicInteger registered = new AtomicInteger();

  /** Registrations of users' memory that were made at all. */
  final AtomicInteger made = new AtomicInteger();

  private volatile DsaException refusal;

  void refuse(DsaException why) {
    refusal = why;
  }

  @Override
  public RegisteredBuffer allocate(long bytes) {
    return add(Arena.ofAuto().allocate(bytes, 4096));
  }

  @Override
  public RegisteredBuffer register(MemorySegment memory) {
    made.incrementAndGet();
    return add(memory);
  }

  private RegisteredBuffer add(MemorySegment memory) {
    DsaException why = refusal;
    if (why != null) {
      throw new DsaException(why.category(), why.getMessage());
    }
    registered.incrementAndGet();
    RegisteredBuffer buffer =
        new RegisteredBuffer(
            null,
            memory,
            7,
            closed -> {
              registered.decrementAndGet();
              buffers.remove(closed);
            });
    buffers.add(buffer);
    return buffer;
  }

  @Override
  public RegisteredBuffer find(MemorySegment memory) {
    return buffers.find(memory);
  }
}
