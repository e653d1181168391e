package io.dsa.verbs;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * What a queue pair was granted, and the state that it is in: ibv_query_qp(3).
 *
 * @param number the queue pair's number on its device
 * @param sendDepth send requests outstanding at most
 * @param maxSegments scatter and gather elements of a send request
 * @param maxInline bytes that a request may carry inline
 * @param operations what it was made for, of {@link Operations}; 0 for a plain queue pair
 * @param state enum ibv_qp_state: 3 is ready to send, 6 is in error
 * @param maxReads READs, atomics and FLUSHes in flight from here
 */
public record QueuePairAttributes(
    int number,
    int sendDepth,
    int maxSegments,
    int maxInline,
    long operations,
    int state,
    int maxReads) {

  static final long BYTES = 64;
  static final long SEND_OPS = 24;

  /** Ready to send: the state of a connected queue pair. */
  public static final int READY_TO_SEND = 3;

  /** In error: what is queued completes as flushed, nothing more is sent or served. */
  public static final int ERROR = 6;

  /** Operations that a queue pair can be made for: enum ibv_qp_create_send_ops_flags. */
  public static final class Operations {
    public static final long WRITE = 1;
    public static final long READ = 1 << 4;
    public static final long COMPARE_SWAP = 1 << 5;
    public static final long FETCH_ADD = 1 << 6;
    public static final long BIND_WINDOW = 1 << 8;
    public static final long FLUSH = 1 << 11;
    public static final long ATOMIC_WRITE = 1 << 12;

    /** What a queue pair can do that was made without naming operations. */
    static final long PLAIN = WRITE | READ | COMPARE_SWAP | FETCH_ADD;

    /** All that the device grants. */
    static final long BEST = -1;

    private Operations() {}
  }

  static MemorySegment request(Arena arena, int sendDepth, int segments, int inline) {
    MemorySegment memory = arena.allocate(BYTES, 8);
    memory.set(JAVA_INT, 0, sendDepth);
    memory.set(JAVA_INT, 4, 1);
    memory.set(JAVA_INT, 8, segments);
    memory.set(JAVA_INT, 12, 1);
    memory.set(JAVA_INT, 16, inline);
    return memory;
  }

  static QueuePairAttributes read(MemorySegment memory) {
    return new QueuePairAttributes(
        memory.get(JAVA_INT, 20),
        memory.get(JAVA_INT, 0),
        memory.get(JAVA_INT, 8),
        memory.get(JAVA_INT, 16),
        memory.get(JAVA_LONG, SEND_OPS),
        memory.get(JAVA_INT, 32),
        memory.get(JAVA_INT, 40));
  }

  /** Whether the queue pair was made for all of these {@link Operations}. */
  public boolean can(long wanted) {
    return among(wanted) == wanted;
  }

  /** Those of {@link Operations} that the queue pair was made for. */
  public long among(long wanted) {
    return wanted & (operations == 0 ? Operations.PLAIN : operations);
  }
}
