package io.dsa.verbs;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Room for a batch of completions, read in place: struct ibv_wc of ibv_poll_cq(3), 48 bytes each.
 * Confined to the thread that polls. After an error only {@link #workRequestId}, {@link #status},
 * {@link #vendorError} and {@link #queuePairNumber} are defined.
 *
 * <pre>
 *   0 wr_id (8) | 8 status (4) | 12 opcode (4) | 16 vendor_err (4) | 20 byte_len (4)
 *  24 imm (4)   | 28 qp_num (4) | 32 src_qp (4) | 36 flags (4) | 40 pkey, slid, sl, dlid
 * </pre>
 */
public final class Completions {
  /** The size of one. */
  public static final int BYTES = 48;

  private final MemorySegment memory;
  private final int capacity;

  /** Room for {@code capacity} completions, freed when it is no longer reachable. */
  public Completions(int capacity) {
    this.capacity = capacity;
    this.memory = Arena.ofAuto().allocate((long) BYTES * capacity, 8);
  }

  public int capacity() {
    return capacity;
  }

  /** The bytes of all of them, in the layout above. */
  public MemorySegment memory() {
    return memory;
  }

  public long workRequestId(int index) {
    return memory.get(ValueLayout.JAVA_LONG, (long) index * BYTES);
  }

  /** One of {@link CompletionStatus}. */
  public int status(int index) {
    return memory.get(ValueLayout.JAVA_INT, (long) index * BYTES + 8);
  }

  public int vendorError(int index) {
    return memory.get(ValueLayout.JAVA_INT, (long) index * BYTES + 16);
  }

  /** Bytes moved, for receives and reads. */
  public int length(int index) {
    return memory.get(ValueLayout.JAVA_INT, (long) index * BYTES + 20);
  }

  public int queuePairNumber(int index) {
    return memory.get(ValueLayout.JAVA_INT, (long) index * BYTES + 28);
  }
}
