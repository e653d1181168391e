package io.dsa.client;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Large native memory of users that stays registered for the next request on it. Thread-safe.
 *
 * <p>What such a cache must never do is to take new memory for the old that was at its address: it
 * goes by scope and address, and lets go of what was freed. Memory whose scope is always alive can
 * be freed without anybody hearing of it, and is not kept.
 */
final class RegistrationCache {
  /** Below that, copying is quicker than finding a registration. */
  static final long LEAST_BYTES = 256 << 10;

  private static final int MOST_ENTRIES = 64;

  /** The scopes of the global arena, and of the memory behind buffers and arrays, are of a kind. */
  private static final Class<?> ALWAYS_ALIVE = Arena.global().scope().getClass();

  private static final class Entry {
    final RegisteredBuffer buffer;
    long lastUse;

    Entry(RegisteredBuffer buffer) {
      this.buffer = buffer;
    }
  }

  private final DeviceMemory memory;
  private final long mostBytes;
  private final ReentrantLock lock = new ReentrantLock();
  private final List<Entry> entries = new ArrayList<>();
  private long bytes;
  private long uses;
  private boolean closed;

  RegistrationCache(DeviceMemory memory, long mostBytes) {
    this.memory = memory;
    this.mostBytes = mostBytes;
  }

  /**
   * The buffer that this native memory is in, acquired once.
   *
   * @return null where it is to be copied
   */
  RegisteredBuffer acquire(MemorySegment wanted, boolean toBeWritten) {
    long size = wanted.byteSize();
    if (size < LEAST_BYTES
        || size > mostBytes
        || ALWAYS_ALIVE.isInstance(wanted.scope())
        || !SharedMemory.isShared(wanted)) {
      return null;
    }
    lock.lock();
    try {
      RegisteredBuffer found = find(wanted, toBeWritten);
      if (found == null && !closed) {
        found = register(wanted);
      }
      return found != null && found.acquire(1) ? found : null;
    } finally {
      lock.unlock();
    }
  }

  private RegisteredBuffer find(MemorySegment wanted, boolean toBeWritten) {
    for (Entry entry : entries) {
      RegisteredBuffer buffer = entry.buffer;
      if (buffer.holds(wanted) && (buffer.isWritable() || !toBeWritten)) {
        entry.lastUse = ++uses;
        return buffer;
      }
    }
    return null;
  }

  private RegisteredBuffer register(MemorySegment wanted) {
    makeRoom(wanted.byteSize());
    if (entries.size() >= MOST_ENTRIES || bytes + wanted.byteSize() > mostBytes) {
      // All of it is in use.
      return null;
    }
    RegisteredBuffer made;
    try {
      made = memory.register(wanted);
    } catch (DsaException e) {
      // Not this kind of memory, or no more of it: copying always works.
      return null;
    }
    Entry entry = new Entry(made);
    entry.lastUse = ++uses;
    entries.add(entry);
    bytes += made.bytes();
    return made;
  }

  /** Lets go of what was freed, and of what was not used for the longest time. */
  private void makeRoom(long needed) {
    List<Entry> oldest = new ArrayList<>(entries);
    oldest.sort(
        Comparator.comparing((Entry entry) -> entry.buffer.isAlive())
            .thenComparingLong(entry -> entry.lastUse));
    for (Entry entry : oldest) {
      boolean full = entries.size() >= MOST_ENTRIES || bytes + needed > mostBytes;
      if ((full || !entry.buffer.isAlive()) && entry.buffer.closeIfUnused()) {
        entries.remove(entry);
        bytes -= entry.buffer.bytes();
      }
    }
  }

  /** Bytes that are registered now. */
  long bytes() {
    lock.lock();
    try {
      return bytes;
    } finally {
      lock.unlock();
    }
  }

  /** Lets go of everything; nothing is in flight any more. */
  void close() {
    lock.lock();
    try {
      closed = true;
      entries.forEach(entry -> entry.buffer.free());
      entries.clear();
      bytes = 0;
    } finally {
      lock.unlock();
    }
  }
}
