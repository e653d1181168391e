package io.dsa.client;

import io.dsa.verbs.Access;
import io.dsa.verbs.MemoryRegion;
import io.dsa.verbs.ProtectionDomain;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Memory that the RDMA device moves data to and from. Any thread may use it; which bytes belong to
 * which request is the caller's care.
 */
public final class RegisteredBuffer implements AutoCloseable {
  private static final long PAGE = 4096;
  private static final int CLOSED = -1;

  private final Consumer<RegisteredBuffer> onClose;
  private final ProtectionDomain domain;
  private final Arena arena;
  private final MemoryRegion region;

  /** Requests in flight on this memory, or {@link #CLOSED}. */
  private final AtomicInteger uses = new AtomicInteger();

  private RegisteredBuffer(
      Consumer<RegisteredBuffer> onClose,
      ProtectionDomain domain,
      Arena arena,
      MemoryRegion region) {
    this.onClose = onClose;
    this.domain = domain;
    this.arena = arena;
    this.region = region;
  }

  @SuppressWarnings("MustBeClosedChecker") // the buffer owns the arena and closes it
  static RegisteredBuffer allocate(
      ProtectionDomain domain, long bytes, Consumer<RegisteredBuffer> onClose) {
    Arena arena = Arena.ofShared();
    try {
      MemoryRegion region = domain.register(arena.allocate(bytes, PAGE), Access.LOCAL_WRITE);
      return new RegisteredBuffer(onClose, domain, arena, region);
    } catch (RuntimeException e) {
      arena.close();
      throw e;
    }
  }

  /** The memory itself, zeroed when it was allocated. */
  public MemorySegment memory() {
    return region.memory();
  }

  long address() {
    return region.address();
  }

  int localKey() {
    return region.localKey();
  }

  boolean belongsTo(ProtectionDomain other) {
    return domain == other;
  }

  /** Counts one more request in flight, unless the buffer is closed. */
  boolean acquire() {
    int now;
    do {
      now = uses.get();
      if (now == CLOSED) {
        return false;
      }
    } while (!uses.compareAndSet(now, now + 1));
    return true;
  }

  /** Counts one less; a buffer that was freed under its requests has nothing to count. */
  void release() {
    int now;
    do {
      now = uses.get();
    } while (now > 0 && !uses.compareAndSet(now, now - 1));
  }

  /** Frees the memory whatever the count says: for when every queue pair that knew it is gone. */
  void free() {
    if (uses.getAndSet(CLOSED) != CLOSED) {
      dispose();
    }
  }

  /**
   * Deregisters and frees the memory. Idempotent.
   *
   * @throws IllegalStateException while requests are in flight on it
   */
  @Override
  public void close() {
    if (!uses.compareAndSet(0, CLOSED)) {
      int now = uses.get();
      if (now == CLOSED) {
        return;
      }
      throw new IllegalStateException(now + " requests are in flight on this buffer");
    }
    dispose();
  }

  private void dispose() {
    region.close();
    arena.close();
    onClose.accept(this);
  }
}
