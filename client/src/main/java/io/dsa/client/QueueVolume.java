package io.dsa.client;

import io.dsa.protocol.DurabilityMethod;
import io.dsa.verbs.ProtectionDomain;
import java.util.Optional;

/**
 * What a queue knows of its volume.
 *
 * @param bytes the volume's size
 * @param writable whether the volume was opened for writing
 * @param durability how a flush is made durable; empty where the volume is volatile
 * @param domain what the buffers of its client are registered in
 * @param server what persist calls go to
 */
record QueueVolume(
    String name,
    long bytes,
    boolean writable,
    Optional<DurabilityMethod> durability,
    ProtectionDomain domain,
    PersistCalls.Server server) {

  /** Refuses a range that is not within the volume. */
  void checkRange(long offset, long length) {
    checkRange(name, bytes, offset, length);
  }

  /** Refuses a range that is not within a volume of that name and size. */
  static void checkRange(String name, long bytes, long offset, long length) {
    if (length < 1 || offset < 0 || offset > bytes - length) {
      throw new IndexOutOfBoundsException(
          "offset "
              + offset
              + " and length "
              + length
              + " are not within volume "
              + name
              + " of "
              + bytes
              + " bytes");
    }
  }

  /** Refuses what cannot be moved between these ranges of the volume and of the buffer. */
  void checkTransfer(
      Direction direction, long offset, RegisteredBuffer buffer, long bufferOffset, long length) {
    checkRange(offset, length);
    switch (direction) {
      case READ -> checkDestination(buffer, bufferOffset, length);
      case WRITE -> checkBuffer(buffer, bufferOffset, length);
    }
  }

  /** Refuses what is not 8 bytes in a row, as atomics need them. */
  void checkAtomic(long offset) {
    checkRange(offset, Long.BYTES);
    if (offset % Long.BYTES != 0) {
      throw new IllegalArgumentException(
          "an atomic at offset "
              + offset
              + " of volume "
              + name
              + ", which is not a multiple of "
              + Long.BYTES);
    }
  }

  /** Refuses memory that is outside the buffer or that queues of this volume cannot use. */
  private void checkBuffer(RegisteredBuffer buffer, long bufferOffset, long length) {
    if (length < 1 || bufferOffset < 0 || bufferOffset > buffer.bytes() - length) {
      throw new IndexOutOfBoundsException(
          "offset "
              + bufferOffset
              + " and length "
              + length
              + " are not within a buffer of "
              + buffer.bytes()
              + " bytes");
    }
    if (!buffer.belongsTo(domain)) {
      throw new IllegalArgumentException(
          "the buffer belongs to another client than volume " + name);
    }
  }

  /** The same for memory that is to be written to. */
  void checkDestination(RegisteredBuffer buffer, long bufferOffset, long length) {
    checkBuffer(buffer, bufferOffset, length);
    if (!buffer.isWritable()) {
      throw new IllegalArgumentException("the buffer's memory is read-only");
    }
  }
}
