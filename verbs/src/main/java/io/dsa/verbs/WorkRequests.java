package io.dsa.verbs;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A batch of send requests, written in place and posted under one doorbell. Reusable; confined to
 * the thread that posts. The byte layout is struct dsa_work_request of dsa_verbs.h.
 *
 * <p>Adding to a full batch throws {@link IndexOutOfBoundsException}.
 */
public final class WorkRequests {
  static final long BYTES = 64;
  static final long REMOTE_ADDRESS = 16;
  static final long LOCAL_KEY = 44;
  static final long SWAP = 56;

  private static final byte OP_WRITE = 0;
  private static final byte OP_READ = 4;
  private static final byte OP_COMPARE_SWAP = 5;
  private static final byte OP_FETCH_ADD = 6;
  private static final byte OP_FLUSH = 14;
  private static final byte OP_ATOMIC_WRITE = 15;

  private static final int SIGNALED = 2;

  private final MemorySegment memory;
  private final int capacity;
  private int size;

  /** Room for {@code capacity} requests, freed when it is no longer reachable. */
  public WorkRequests(int capacity) {
    this.capacity = capacity;
    this.memory = Arena.ofAuto().allocate(BYTES * capacity, 8);
  }

  MemorySegment memory() {
    return memory;
  }

  public int size() {
    return size;
  }

  public int capacity() {
    return capacity;
  }

  public void clear() {
    size = 0;
  }

  /** Has a request that is in the batch complete visibly, however it was added. */
  public void signal(int index) {
    memory.set(JAVA_INT, BYTES * index + 12, SIGNALED);
  }

  public long id(int index) {
    return memory.get(JAVA_LONG, BYTES * index);
  }

  public boolean isSignaled(int index) {
    return (memory.get(JAVA_INT, BYTES * index + 12) & SIGNALED) != 0;
  }

  /** Moves remote bytes into local memory. */
  public void read(
      long id,
      boolean signaled,
      long address,
      int length,
      int localKey,
      long remoteAddress,
      int remoteKey) {
    transfer(OP_READ, id, signaled, address, length, localKey, remoteAddress, remoteKey);
  }

  /** Moves local bytes into remote memory. */
  public void write(
      long id,
      boolean signaled,
      long address,
      int length,
      int localKey,
      long remoteAddress,
      int remoteKey) {
    transfer(OP_WRITE, id, signaled, address, length, localKey, remoteAddress, remoteKey);
  }

  /**
   * Makes earlier writes to a remote range visible or durable.
   *
   * @param placement {@link Flush} flags
   */
  public void flush(
      long id, boolean signaled, long remoteAddress, int length, int remoteKey, int placement) {
    long at = next(OP_FLUSH, 0, id, signaled, remoteAddress, remoteKey);
    memory.set(JAVA_BYTE, at + 10, (byte) placement);
    memory.set(JAVA_BYTE, at + 11, Flush.RANGE);
    memory.set(JAVA_INT, at + 40, length);
  }

  /** Writes 8 bytes at once; the remote address is a multiple of 8. */
  public void atomicWrite(
      long id, boolean signaled, long value, long remoteAddress, int remoteKey) {
    long at = next(OP_ATOMIC_WRITE, 0, id, signaled, remoteAddress, remoteKey);
    memory.set(JAVA_LONG, at + 48, value);
  }

  /** Replaces 8 remote bytes when they are as expected; what was there comes to {@code address}. */
  public void compareAndSwap(
      long id,
      boolean signaled,
      long address,
      int localKey,
      long expected,
      long replacement,
      long remoteAddress,
      int remoteKey) {
    long at = next(OP_COMPARE_SWAP, 1, id, signaled, remoteAddress, remoteKey);
    element(at, address, Long.BYTES, localKey);
    memory.set(JAVA_LONG, at + 48, expected);
    memory.set(JAVA_LONG, at + SWAP, replacement);
  }

  /** Adds to 8 remote bytes; what was there before comes to {@code address}. */
  public void fetchAndAdd(
      long id,
      boolean signaled,
      long address,
      int localKey,
      long addend,
      long remoteAddress,
      int remoteKey) {
    long at = next(OP_FETCH_ADD, 1, id, signaled, remoteAddress, remoteKey);
    element(at, address, Long.BYTES, localKey);
    memory.set(JAVA_LONG, at + 48, addend);
  }

  private void transfer(
      byte opcode,
      long id,
      boolean signaled,
      long address,
      int length,
      int localKey,
      long remoteAddress,
      int remoteKey) {
    // Without an element a zero-length WRITE touches no memory at either end: a liveness probe.
    long at = next(opcode, length == 0 ? 0 : 1, id, signaled, remoteAddress, remoteKey);
    element(at, address, length, localKey);
  }

  private void element(long at, long address, int length, int localKey) {
    memory.set(JAVA_LONG, at + 32, address);
    memory.set(JAVA_INT, at + 40, length);
    memory.set(JAVA_INT, at + LOCAL_KEY, localKey);
  }

  private long next(
      byte opcode, int elements, long id, boolean signaled, long remoteAddress, int remoteKey) {
    long at = BYTES * size;
    memory.set(JAVA_LONG, at, id);
    memory.set(JAVA_BYTE, at + 8, opcode);
    memory.set(JAVA_BYTE, at + 9, (byte) elements);
    memory.set(JAVA_INT, at + 12, signaled ? SIGNALED : 0);
    memory.set(JAVA_LONG, at + REMOTE_ADDRESS, remoteAddress);
    memory.set(JAVA_INT, at + 24, remoteKey);
    size++;
    return at;
  }

  /** How far a flush reaches: enum ibv_placement_type of ibv_wr_flush. */
  public static final class Flush {
    /** Visible to every other reader of the memory. */
    public static final int GLOBAL = 1;

    /** Survives a loss of power. */
    public static final int PERSISTENT = 2;

    static final byte RANGE = 0;

    private Flush() {}
  }
}
