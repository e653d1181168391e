package io.dsa.client;

import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Consumer;

/**
 * The open buffers of a client by their addresses. Thread-safe, without locks.
 *
 * <p>An address alone says nothing: what was freed may be mapped again as something else. Memory is
 * a buffer's only if both are of the same scope.
 */
final class BufferIndex {
  private final Set<RegisteredBuffer> all = ConcurrentHashMap.newKeySet();
  private final ConcurrentSkipListMap<Long, RegisteredBuffer> byAddress =
      new ConcurrentSkipListMap<>();

  void add(RegisteredBuffer buffer) {
    all.add(buffer);
    byAddress.putIfAbsent(buffer.address(), buffer);
  }

  void remove(RegisteredBuffer buffer) {
    all.remove(buffer);
    byAddress.remove(buffer.address(), buffer);
  }

  /** A buffer that holds all of this native memory, or null; there may be one all the same. */
  RegisteredBuffer find(MemorySegment memory) {
    Map.Entry<Long, RegisteredBuffer> entry = byAddress.floorEntry(memory.address());
    return entry != null && entry.getValue().holds(memory) ? entry.getValue() : null;
  }

  void forEach(Consumer<RegisteredBuffer> action) {
    all.forEach(action);
  }
}
