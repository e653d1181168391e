package io.dsa.verbs.darpc;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import com.ibm.disni.verbs.IbvContext;
import com.ibm.disni.verbs.RdmaCmId;
import com.ibm.disni.verbs.impl.NatIbvContext;
import com.ibm.disni.verbs.impl.NatObject;
import io.dsa.verbs.Refusal;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/**
 * The functions of {@code dsa_verbs.h} that DiSNI's objects need beside their own methods. Bound on
 * first use, which is after DiSNI has loaded the library.
 */
final class CmFunctions {
  private static final MethodHandle EVENT_STATUS =
      function("dsa_event_status", JAVA_INT, JAVA_LONG, ADDRESS, ADDRESS);
  private static final MethodHandle PRIVATE_DATA =
      function("dsa_private_data", JAVA_INT, JAVA_LONG, ADDRESS, JAVA_INT);
  private static final MethodHandle REJECT =
      function("dsa_reject", JAVA_INT, JAVA_LONG, ADDRESS, JAVA_INT);
  private static final MethodHandle CREATE_CQ =
      function("dsa_create_cq", JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT);
  private static final MethodHandle DESTROY_CQ = function("dsa_destroy_cq", JAVA_INT, JAVA_LONG);

  /** An event's private data is not longer. */
  private static final int MAX_PRIVATE_DATA = 256;

  private CmFunctions() {}

  @SuppressWarnings("restricted")
  private static MethodHandle function(
      String name, MemoryLayout result, MemoryLayout... parameters) {
    MemorySegment address =
        SymbolLookup.loaderLookup()
            .find(name)
            .orElseThrow(() ->
                new UnsatisfiedLinkError("libdisni.so lacks " + name + ": it is another DSA's"));
    return Linker.nativeLinker().downcallHandle(address, FunctionDescriptor.of(result, parameters));
  }

  /** Looks the functions up now: on a slow machine that takes longer than a connection may. */
  static void bind() {}

  /** The last event of an id as it happened: its type and its status. Empty when the id is gone. */
  static Optional<CmEvents.Event> lastEvent(RdmaCmId id) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment type = arena.allocate(JAVA_INT);
      MemorySegment status = arena.allocate(JAVA_INT);
      int result = (int) EVENT_STATUS.invokeExact(((NatObject) id).getObjId(), type, status);
      if (result != 0) {
        return Optional.empty();
      }
      return Optional.of(
          new CmEvents.Event(type.get(JAVA_INT, 0), status.get(JAVA_INT, 0), Refusal.UNKNOWN));
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** The private data that the last event with any brought; empty when there was none. */
  static byte[] privateData(RdmaCmId id) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment data = arena.allocate(MAX_PRIVATE_DATA);
      int length =
          (int) PRIVATE_DATA.invokeExact(((NatObject) id).getObjId(), data, MAX_PRIVATE_DATA);
      return data.asSlice(0, Math.max(0, length)).toArray(JAVA_BYTE);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** Refuses a connection request and says why. 0, or an errno: then the peer learns no reason. */
  static int reject(RdmaCmId id, Refusal why) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment data = arena.allocateFrom(JAVA_BYTE, why.toBytes());
      return -(int) REJECT.invokeExact(((NatObject) id).getObjId(), data, (int) data.byteSize());
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /**
   * Throws when the device makes no completion queue of this size. DiSNI makes the channel of a
   * queue first, and loses it when the queue cannot be made.
   */
  static void requireCompletionQueue(IbvContext context, int entries) throws IOException {
    try {
      long device = ((NatIbvContext) context).getObjId();
      long queue = (long) CREATE_CQ.invokeExact(device, 0L, entries, 0);
      if (queue < 0) {
        throw new IOException("ibv_create_cq failed (errno " + -queue + ")");
      }
      int _ = (int) DESTROY_CQ.invokeExact(queue);
    } catch (IOException e) {
      throw e;
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** A downcall declares Throwable, but a plain C function raises nothing that is checked. */
  private static RuntimeException unexpected(Throwable e) {
    if (e instanceof RuntimeException runtime) {
      return runtime;
    }
    if (e instanceof Error error) {
      throw error;
    }
    return new IllegalStateException(e);
  }
}
