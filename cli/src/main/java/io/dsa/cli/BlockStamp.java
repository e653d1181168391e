package io.dsa.cli;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.SplittableRandom;
import java.util.zip.CRC32C;

/**
 * What {@code dsa bench --verify} writes into each block, so that a block that is torn, stale, lost
 * or in the wrong place is told from a good one. Little-endian:
 *
 * <pre>
 *  0  magic       8  "DSABENCH"
 *  8  offset      8  in the volume, bytes
 * 16  generation  8  1 for the first write of the block in a run, then 2, …
 * 24  run         8  a number that each run draws
 * 32  checksum    4  CRC-32C of the block with this field zero
 * 36  zero        4
 * 40  filling     -  a piece of random bytes; which one follows from offset and generation
 * </pre>
 *
 * <p>Blocks are filled and compared in bulk: a loop over words takes longer than RDMA does.
 *
 * <p>Confined to one thread.
 */
final class BlockStamp {
  static final int LEAST_BYTES = 64;

  private static final ValueLayout.OfLong WORD =
      ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt CHECKSUM =
      ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final long MAGIC = 0x48434e4542415344L;
  private static final int OFFSET = 8;
  private static final int GENERATION = 16;
  private static final int RUN = 24;
  private static final int CHECKSUM_AT = 32;
  private static final int FILLING = 40;

  /** From how many places the filling may begin. */
  private static final int PIECES = 4096;

  private static final long HASH = 0x9e3779b97f4a7c15L;

  private final CRC32C crc = new CRC32C();
  private final byte[] noChecksum = new byte[Integer.BYTES];
  private final MemorySegment random;
  private final MemorySegment zeros;

  /**
   * Stamps for blocks of one size.
   *
   * @param blockBytes a multiple of 8, at least {@link #LEAST_BYTES}
   */
  BlockStamp(int blockBytes, SplittableRandom source) {
    byte[] bytes = new byte[blockBytes + PIECES];
    source.nextBytes(bytes);
    random = MemorySegment.ofArray(bytes);
    zeros = MemorySegment.ofArray(new byte[blockBytes]);
  }

  /** Fills a whole block. */
  void write(MemorySegment block, long offset, long generation, long run) {
    block.set(WORD, 0, MAGIC);
    block.set(WORD, OFFSET, offset);
    block.set(WORD, GENERATION, generation);
    block.set(WORD, RUN, run);
    block.set(WORD, CHECKSUM_AT, 0);
    long piece = (((offset ^ Long.rotateLeft(generation, 32)) * HASH) >>> 32) % PIECES;
    MemorySegment.copy(random, piece, block, FILLING, block.byteSize() - FILLING);
    block.set(CHECKSUM, CHECKSUM_AT, checksum(block));
  }

  private int checksum(MemorySegment block) {
    ByteBuffer bytes = block.asByteBuffer();
    crc.reset();
    crc.update(bytes.limit(CHECKSUM_AT));
    crc.update(noChecksum);
    crc.update(bytes.limit(bytes.capacity()).position(CHECKSUM_AT + Integer.BYTES));
    return (int) crc.getValue();
  }

  /** Leaves something in the block that is neither a stamp nor blank. */
  void poison(MemorySegment block) {
    block.set(WORD, 0, ~MAGIC);
  }

  long generation(MemorySegment block) {
    return block.get(WORD, GENERATION);
  }

  long run(MemorySegment block) {
    return block.get(WORD, RUN);
  }

  /** Whether nothing was ever written there. */
  boolean isBlank(MemorySegment block) {
    return block.mismatch(zeros) < 0;
  }

  /** What is wrong with a block by itself; null where it is whole and in its place. */
  String fault(MemorySegment block, long offset) {
    if (block.get(WORD, 0) != MAGIC) {
      return "holds no stamp of dsa bench --verify";
    }
    int stated = block.get(CHECKSUM, CHECKSUM_AT);
    int found = checksum(block);
    if (stated != found) {
      return String.format("has checksum %08x, and its bytes have %08x", stated, found);
    }
    long stamped = block.get(WORD, OFFSET);
    return stamped == offset ? null : "holds the block of offset " + stamped;
  }
}
