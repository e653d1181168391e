package io.dsa.sal;

import java.lang.foreign.MemorySegment;

/**
 * One medium, open for this process alone.
 *
 * <p>Thread-safe, except that {@link #close} has to come after everything else. Ranges are in bytes
 * from the device's first; one that is not inside of the device is an {@link
 * IndexOutOfBoundsException}. A call after close is an {@link IllegalStateException}.
 */
public interface Device extends AutoCloseable {
  /** Returns the URI that it was opened by, as in {@code devdax:/dev/dax0.0}. */
  String uri();

  /** Returns what the medium is, in one line for people. */
  String medium();

  /** Returns the size in bytes; it does not change while the device is open. */
  long capacity();

  /** Returns what its mapping is aligned to, in bytes: the page size that the medium works in. */
  long alignment();

  /** Returns how the NIC reaches it. */
  Access access();

  /** Returns how far a write has to get to survive a power cut. */
  PersistenceDomain persistence();

  /** Returns how {@link #persist} gets it there. */
  WriteBack writeBack();

  /**
   * Says whether the contents are gone when it is closed, so that each opening finds it blank. A
   * volatile device need not be: a file on tmpfs lives as long as its machine is up.
   */
  default boolean isTransient() {
    return false;
  }

  /**
   * Returns the whole device as memory. The device owns it: slices of it die when the device
   * closes, so memory regions over it have to be deregistered before.
   *
   * @throws UnsupportedOperationException if {@link #access} is not {@link Access#DIRECT}
   */
  MemorySegment memory();

  /**
   * Makes what was written to a range before this call, by this process or by the NIC, survive a
   * power cut. The lines that the range touches are made durable whole. Does nothing on a volatile
   * device.
   *
   * @throws StorageException with category IO if the medium failed
   */
  void persist(long offset, long length);

  /** Copies from the device, beginning at {@code offset}, as much as {@code target} holds. */
  default void read(long offset, MemorySegment target) {
    MemorySegment.copy(memory(), offset, target, 0, target.byteSize());
  }

  /**
   * Copies {@code source} to the device at {@code offset}; it is durable after {@link #persist}.
   */
  default void write(long offset, MemorySegment source) {
    MemorySegment.copy(source, 0, memory(), offset, source.byteSize());
  }

  /** Fills a range with zeros and makes it durable. */
  default void zero(long offset, long length) {
    memory().asSlice(offset, length).fill((byte) 0);
    persist(offset, length);
  }

  /** Releases the mapping and the lock. Closing again does nothing. */
  @Override
  void close();
}
