package io.dsa.verbs.darpc;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import com.ibm.disni.verbs.IbvContext;
import com.ibm.disni.verbs.RdmaCmId;
import com.ibm.disni.verbs.impl.NatIbvContext;
import com.ibm.disni.verbs.impl.NatObject;
import io.dsa.verbs.Refusal;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/**
 * The functions of {@code dsa_verbs.h} that DiSNI's objects need beside their own methods. DiSNI
 * loads the library.
 */
final class CmFunctions {
  /** An event's private data is not longer. */
  private static final int MAX_PRIVATE_DATA = 256;

  private CmFunctions() {}

  /** Throws now, while nothing is open, where the library is not this DSA's. */
  static void requireLibrary() {
    try {
      int _ = destroyCompletionQueue(0);
    } catch (UnsatisfiedLinkError e) {
      throw (Error)
          new UnsatisfiedLinkError("libdisni.so is not the one of this version of DSA")
              .initCause(e);
    }
  }

  /** The last event of an id as it happened: its type and its status. Empty when the id is gone. */
  static Optional<CmEvents.Event> lastEvent(RdmaCmId id) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment type = arena.allocate(JAVA_INT);
      MemorySegment status = arena.allocate(JAVA_INT);
      int result = eventStatus(((NatObject) id).getObjId(), type.address(), status.address());
      if (result != 0) {
        return Optional.empty();
      }
      return Optional.of(
          new CmEvents.Event(type.get(JAVA_INT, 0), status.get(JAVA_INT, 0), Refusal.UNKNOWN));
    }
  }

  /** The private data that the last event with any brought; empty when there was none. */
  static byte[] privateData(RdmaCmId id) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment data = arena.allocate(MAX_PRIVATE_DATA);
      int length = copyPrivateData(((NatObject) id).getObjId(), data.address(), MAX_PRIVATE_DATA);
      return data.asSlice(0, Math.max(0, length)).toArray(JAVA_BYTE);
    }
  }

  /** Refuses a connection request and says why. 0, or an errno: then the peer learns no reason. */
  static int reject(RdmaCmId id, Refusal why) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment data = arena.allocateFrom(JAVA_BYTE, why.toBytes());
      return -rejectWith(((NatObject) id).getObjId(), data.address(), (int) data.byteSize());
    }
  }

  /**
   * Throws when the device makes no completion queue of this size. DiSNI makes the channel of a
   * queue first, and loses it when the queue cannot be made.
   */
  static void requireCompletionQueue(IbvContext context, int entries) throws IOException {
    long queue = createCompletionQueue(((NatIbvContext) context).getObjId(), entries);
    if (queue < 0) {
      throw new IOException("ibv_create_cq failed (errno " + -queue + ")");
    }
    int _ = destroyCompletionQueue(queue);
  }

  private static native int eventStatus(long cmId, long type, long status);

  private static native int copyPrivateData(long cmId, long buffer, int capacity);

  private static native int rejectWith(long cmId, long data, int length);

  private static native long createCompletionQueue(long context, int entries);

  private static native int destroyCompletionQueue(long queue);
}
