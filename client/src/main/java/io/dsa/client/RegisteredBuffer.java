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
 *
 * <p>It is the client's own memory or the caller's. The client's own cannot be freed while a
 * request is in flight on it: {@link #close} refuses. The caller's must outlive this buffer: close
 * this first, then the arena.
 */
public final class RegisteredBuffer implements AutoCloseable {
  private static final long PAGE = 4096;
  private static final int CLOSED = -1;

  private final ProtectionDomain domain;
  private final MemorySegment memory;
  private final int localKey;
  private final Consumer<RegisteredBuffer> onClose;

  /** Work requests in flight on this memory, or {@link #CLOSED}. */
  private final AtomicInteger uses = new AtomicInteger();

  /**
   * Wraps memory that is registered already.
   *
   * @param onClose undoes the registration, and whatever else
   */
  RegisteredBuffer(
      ProtectionDomain domain,
      MemorySegment memory,
      int localKey,
      Consumer<RegisteredBuffer> onClose) {
    this.domain = domain;
    this.memory = memory;
    this.localKey = localKey;
    this.onClose = onClose;
  }

  @SuppressWarnings("MustBeClosedChecker") // the buffer owns the arena and closes it
  static RegisteredBuffer allocate(
      ProtectionDomain domain, long bytes, Consumer<RegisteredBuffer> onClose) {
    Arena arena = Arena.ofShared();
    try {
      return register(
          domain,
          arena.allocate(bytes, PAGE),
          closed -> {
            arena.close();
            onClose.accept(closed);
          });
    } catch (RuntimeException e) {
      arena.close();
      throw e;
    }
  }

  static RegisteredBuffer register(
      ProtectionDomain domain, MemorySegment memory, Consumer<RegisteredBuffer> onClose) {
    int access = memory.isReadOnly() ? Access.LOCAL_READ : Access.LOCAL_WRITE;
    MemoryRegion region = domain.register(memory, access);
    return new RegisteredBuffer(
        domain,
        memory,
        region.localKey(),
        closed -> {
          region.close();
          onClose.accept(closed);
        });
  }

  /** The memory itself; what the client allocated is zeroed at first. */
  public MemorySegment memory() {
    return memory;
  }

  /** Size in bytes. */
  public long bytes() {
    return memory.byteSize();
  }

  long address() {
    return memory.address();
  }

  int localKey() {
    return localKey;
  }

  boolean belongsTo(ProtectionDomain other) {
    return domain == other;
  }

  /** Whether the device may write to it. */
  boolean isWritable() {
    return !memory.isReadOnly();
  }

  /** Whether the memory is still there, as far as the caller's arena says. */
  boolean isAlive() {
    return memory.scope().isAlive();
  }

  /** Whether all of this memory is part of this buffer's, and not something that came after it. */
  boolean holds(MemorySegment other) {
    long from = other.address() - memory.address();
    return from >= 0
        && other.byteSize() <= memory.byteSize() - from
        && isAlive()
        && other.scope().equals(memory.scope());
  }

  /** Counts that many more work requests in flight, unless the buffer is closed. */
  boolean acquire(int count) {
    int now;
    do {
      now = uses.get();
      if (now == CLOSED) {
        return false;
      }
    } while (!uses.compareAndSet(now, now + count));
    return true;
  }

  /** Counts that many less; a buffer that was freed under its requests has nothing to count. */
  void release(int count) {
    int now;
    do {
      now = uses.get();
    } while (now > 0 && !uses.compareAndSet(now, now - count));
  }

  /** Frees the memory whatever the count says: for when every queue pair that knew it is gone. */
  void free() {
    if (uses.getAndSet(CLOSED) != CLOSED) {
      onClose.accept(this);
    }
  }

  /** Closes it, unless requests are in flight on it. */
  boolean closeIfUnused() {
    boolean unused = uses.compareAndSet(0, CLOSED);
    if (unused) {
      onClose.accept(this);
    }
    return unused;
  }

  /**
   * Deregisters the memory, and frees it where it is the client's own. Idempotent.
   *
   * @throws IllegalStateException while requests are in flight on it
   */
  @Override
  public void close() {
    if (!closeIfUnused()) {
      int now = uses.get();
      if (now != CLOSED) {
        throw new IllegalStateException(now + " work requests are in flight on this buffer");
      }
    }
  }
}
