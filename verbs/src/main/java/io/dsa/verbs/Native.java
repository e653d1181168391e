package io.dsa.verbs;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Map;

/**
 * The C functions of {@code dsa_verbs.h}, which is their manual. Loading checks that library and
 * Java agree on every size and offset that Java relies on.
 */
@SuppressWarnings("restricted")
final class Native {
  private static final int ABI_VERSION = 1;

  private static final SymbolLookup LIBRARY = load();
  private static final Linker LINKER = Linker.nativeLinker();

  private static final MethodHandle LAYOUT = function("dsa_layout", JAVA_LONG, ADDRESS);
  private static final MethodHandle WAKE = function("dsa_wake_channel", JAVA_INT, JAVA_LONG);
  private static final MethodHandle CREATE_EVENT_CHANNEL =
      function("dsa_create_event_channel", JAVA_LONG);
  private static final MethodHandle DESTROY_EVENT_CHANNEL =
      function("dsa_destroy_event_channel", JAVA_INT, JAVA_LONG);
  private static final MethodHandle GET_CM_EVENT =
      function("dsa_get_cm_event", JAVA_INT, JAVA_LONG, ADDRESS, JAVA_INT);
  private static final MethodHandle CREATE_ID = function("dsa_create_id", JAVA_LONG, JAVA_LONG);
  private static final MethodHandle DESTROY_ID = function("dsa_destroy_id", JAVA_INT, JAVA_LONG);
  private static final MethodHandle BIND =
      function("dsa_bind_addr", JAVA_INT, JAVA_LONG, ADDRESS, JAVA_INT);
  private static final MethodHandle LISTEN = function("dsa_listen", JAVA_INT, JAVA_LONG, JAVA_INT);
  private static final MethodHandle GET_PORT = function("dsa_get_port", JAVA_INT, JAVA_LONG);
  private static final MethodHandle RESOLVE_ADDR =
      function(
          "dsa_resolve_addr", JAVA_INT, JAVA_LONG, ADDRESS, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT);
  private static final MethodHandle RESOLVE_ROUTE =
      function("dsa_resolve_route", JAVA_INT, JAVA_LONG, JAVA_INT);
  private static final MethodHandle CONNECT = function("dsa_connect", JAVA_INT, JAVA_LONG, ADDRESS);
  private static final MethodHandle ACCEPT = function("dsa_accept", JAVA_INT, JAVA_LONG, ADDRESS);
  private static final MethodHandle REJECT =
      function("dsa_reject", JAVA_INT, JAVA_LONG, ADDRESS, JAVA_INT);
  private static final MethodHandle DISCONNECT = function("dsa_disconnect", JAVA_INT, JAVA_LONG);
  private static final MethodHandle CONTEXT = function("dsa_context", JAVA_LONG, JAVA_LONG);
  private static final MethodHandle QUERY_DEVICE =
      function("dsa_query_device", JAVA_INT, JAVA_LONG, ADDRESS);
  private static final MethodHandle GET_ASYNC_EVENT =
      function("dsa_get_async_event", JAVA_INT, JAVA_LONG, ADDRESS, JAVA_INT);
  private static final MethodHandle ALLOC_PD = function("dsa_alloc_pd", JAVA_LONG, JAVA_LONG);
  private static final MethodHandle DEALLOC_PD = function("dsa_dealloc_pd", JAVA_INT, JAVA_LONG);
  private static final MethodHandle REG_MR =
      function(
          "dsa_reg_mr", JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, ADDRESS, ADDRESS);
  private static final MethodHandle DEREG_MR = function("dsa_dereg_mr", JAVA_INT, JAVA_LONG);
  private static final MethodHandle ALLOC_MW =
      function("dsa_alloc_mw", JAVA_LONG, JAVA_LONG, JAVA_INT, ADDRESS);
  private static final MethodHandle DEALLOC_MW = function("dsa_dealloc_mw", JAVA_INT, JAVA_LONG);
  private static final MethodHandle BIND_MW =
      function(
          "dsa_bind_mw",
          JAVA_INT,
          JAVA_LONG,
          JAVA_LONG,
          JAVA_LONG,
          JAVA_LONG,
          JAVA_LONG,
          JAVA_INT,
          JAVA_LONG,
          JAVA_INT,
          ADDRESS);
  private static final MethodHandle CREATE_COMP_CHANNEL =
      function("dsa_create_comp_channel", JAVA_LONG, JAVA_LONG);
  private static final MethodHandle DESTROY_COMP_CHANNEL =
      function("dsa_destroy_comp_channel", JAVA_INT, JAVA_LONG);
  private static final MethodHandle CREATE_CQ =
      function("dsa_create_cq", JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT);
  private static final MethodHandle DESTROY_CQ = function("dsa_destroy_cq", JAVA_INT, JAVA_LONG);
  private static final MethodHandle WAIT_CQ_EVENT =
      function("dsa_wait_cq_event", JAVA_INT, JAVA_LONG, ADDRESS, JAVA_INT);
  private static final MethodHandle REQ_NOTIFY_CQ =
      function("dsa_req_notify_cq", JAVA_INT, JAVA_LONG, JAVA_INT);
  private static final MethodHandle AWAIT_CQ =
      function("dsa_await_cq", JAVA_INT, JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_INT, JAVA_LONG);

  /** Neither blocks nor enters the kernel, so that the thread need not leave the JVM's state. */
  private static final MethodHandle POLL_CQ =
      LINKER.downcallHandle(
          LIBRARY.findOrThrow("dsa_poll_cq"),
          FunctionDescriptor.of(JAVA_INT, JAVA_LONG, ADDRESS, JAVA_INT),
          Linker.Option.critical(false));

  private static final MethodHandle CREATE_QP =
      function(
          "dsa_create_qp",
          JAVA_LONG,
          JAVA_LONG,
          JAVA_LONG,
          JAVA_LONG,
          JAVA_LONG,
          ADDRESS,
          JAVA_INT,
          JAVA_LONG);
  private static final MethodHandle QUERY_QP =
      function("dsa_query_qp", JAVA_INT, JAVA_LONG, ADDRESS);
  private static final MethodHandle QP_ERROR = function("dsa_qp_error", JAVA_INT, JAVA_LONG);
  private static final MethodHandle POST =
      function("dsa_post", JAVA_INT, JAVA_LONG, ADDRESS, JAVA_INT);

  static {
    checkLayouts();
  }

  private Native() {}

  private static SymbolLookup load() {
    System.loadLibrary("disni");
    return SymbolLookup.loaderLookup();
  }

  private static MethodHandle function(String name, ValueLayout result, ValueLayout... parameters) {
    return LINKER.downcallHandle(
        LIBRARY.findOrThrow(name), FunctionDescriptor.of(result, parameters));
  }

  private static void checkLayouts() {
    Map<String, Long> expected =
        Map.ofEntries(
            Map.entry("DSA_ABI_VERSION", (long) ABI_VERSION),
            Map.entry("dsa_cm_event", CmEvent.BYTES),
            Map.entry("dsa_cm_event.private_data", CmEvent.PRIVATE_DATA),
            Map.entry("dsa_connection_parameters", ConnectionParameters.BYTES),
            Map.entry("dsa_device_attributes", DeviceAttributes.BYTES),
            Map.entry("dsa_device_attributes.features", DeviceAttributes.FEATURES),
            Map.entry("dsa_device_attributes.max_msg_sz", DeviceAttributes.MAX_MESSAGE),
            Map.entry("dsa_qp_attributes", QueuePairAttributes.BYTES),
            Map.entry("dsa_qp_attributes.send_ops", QueuePairAttributes.SEND_OPS),
            Map.entry("dsa_async_event", AsyncEvent.BYTES),
            Map.entry("dsa_work_request", WorkRequests.BYTES),
            Map.entry("dsa_work_request.remote_address", WorkRequests.REMOTE_ADDRESS),
            Map.entry("dsa_work_request.lkey", WorkRequests.LOCAL_KEY),
            Map.entry("dsa_work_request.swap", WorkRequests.SWAP),
            Map.entry("ibv_wc", (long) Completions.BYTES),
            Map.entry("ibv_wc.status", 8L),
            Map.entry("ibv_wc.qp_num", 28L),
            Map.entry("IBV_ACCESS_MW_BIND", (long) Access.MW_BIND),
            Map.entry("IBV_ACCESS_ON_DEMAND", (long) Access.ON_DEMAND),
            Map.entry("IBV_ACCESS_FLUSH_PERSISTENT", (long) Access.FLUSH_PERSISTENT),
            Map.entry("IBV_WC_REM_ACCESS_ERR", (long) CompletionStatus.REMOTE_ACCESS_ERROR),
            Map.entry("RDMA_CM_EVENT_DISCONNECTED", (long) CmEvent.DISCONNECTED));
    try (Arena arena = Arena.ofConfined()) {
      expected.forEach((name, value) -> {
        long actual = layout(arena.allocateFrom(name));
        if (actual != value) {
          throw new UnsatisfiedLinkError(
              "libdisni.so is not the one of this version of DSA: "
                  + name
                  + " is "
                  + actual
                  + " there, "
                  + value
                  + " here");
        }
      });
    }
  }

  private static long layout(MemorySegment name) {
    try {
      return (long) LAYOUT.invokeExact(name);
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

  /** The errno of a negative result. */
  static int errno(long result) {
    return (int) -result;
  }

  /** Throws when a result is an error. */
  static void check(String what, long result) {
    if (result < 0) {
      throw new VerbsException(what, errno(result));
    }
  }

  /** Nobody waits on what is closed, so that this has nothing to do then. */
  static void wake(long channel) {
    try {
      int result = (int) WAKE.invokeExact(channel);
      if (result != -Errno.EBADF) {
        check("wake a waiting thread", result);
      }
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static long createEventChannel() {
    try {
      return (long) CREATE_EVENT_CHANNEL.invokeExact();
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static int destroyEventChannel(long channel) {
    try {
      return (int) DESTROY_EVENT_CHANNEL.invokeExact(channel);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static int nextEvent(long channel, MemorySegment event, int millis) {
    try {
      return (int) GET_CM_EVENT.invokeExact(channel, event, millis);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static long createId(long channel) {
    try {
      return (long) CREATE_ID.invokeExact(channel);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static int destroyId(long cmId) {
    try {
      return (int) DESTROY_ID.invokeExact(cmId);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static int bind(long cmId, MemorySegment address) {
    try {
      return (int) BIND.invokeExact(cmId, address, (int) address.byteSize());
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static int listen(long cmId, int backlog) {
    try {
      return (int) LISTEN.invokeExact(cmId, backlog);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static int port(long cmId) {
    try {
      return (int) GET_PORT.invokeExact(cmId);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static int resolveAddress(long cmId, MemorySegment destination, int millis) {
    try {
      return (int)
          RESOLVE_ADDR.invokeExact(
              cmId, MemorySegment.NULL, 0, destination, (int) destination.byteSize(), millis);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static int resolveRoute(long cmId, int millis) {
    try {
      return (int) RESOLVE_ROUTE.invokeExact(cmId, millis);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static int connect(long cmId, MemorySegment parameters) {
    try {
      return (int) CONNECT.invokeExact(cmId, parameters);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static int accept(long cmId, MemorySegment parameters) {
    try {
      return (int) ACCEPT.invokeExact(cmId, parameters);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static int reject(long cmId, MemorySegment data) {
    try {
      return (int) REJECT.invokeExact(cmId, data, (int) data.byteSize());
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static int disconnect(long cmId) {
    try {
      return (int) DISCONNECT.invokeExact(cmId);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static long context(long cmId) {
    try {
      return (long) CONTEXT.invokeExact(cmId);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static int queryDevice(long context, MemorySegment attributes) {
    try {
      return (int) QUERY_DEVICE.invokeExact(context, attributes);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static int nextAsyncEvent(long context, MemorySegment event, int millis) {
    try {
      return (int) GET_ASYNC_EVENT.invokeExact(context, event, millis);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static long allocateDomain(long context) {
    try {
      return (long) ALLOC_PD.invokeExact(context);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static int deallocateDomain(long pd) {
    try {
      return (int) DEALLOC_PD.invokeExact(pd);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static long registerRegion(
      long pd,
      long address,
      long length,
      int access,
      MemorySegment localKey,
      MemorySegment remoteKey) {
    try {
      return (long) REG_MR.invokeExact(pd, address, length, access, localKey, remoteKey);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static int deregisterRegion(long mr) {
    try {
      return (int) DEREG_MR.invokeExact(mr);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static long allocateWindow(long pd, MemorySegment key) {
    try {
      return (long) ALLOC_MW.invokeExact(pd, 1, key);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static int deallocateWindow(long mw) {
    try {
      return (int) DEALLOC_MW.invokeExact(mw);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static int bindWindow(
      long qp,
      long mw,
      long mr,
      long address,
      long length,
      int access,
      long workRequestId,
      int flags,
      MemorySegment newKey) {
    try {
      return (int)
          BIND_MW.invokeExact(qp, mw, mr, address, length, access, workRequestId, flags, newKey);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static long createCompletionChannel(long context) {
    try {
      return (long) CREATE_COMP_CHANNEL.invokeExact(context);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static int destroyCompletionChannel(long channel) {
    try {
      return (int) DESTROY_COMP_CHANNEL.invokeExact(channel);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static long createCompletionQueue(long context, long channel, int entries) {
    try {
      return (long) CREATE_CQ.invokeExact(context, channel, entries, 0);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static int destroyCompletionQueue(long cq) {
    try {
      return (int) DESTROY_CQ.invokeExact(cq);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static int awaitCompletionEvent(long channel, int millis) {
    try {
      return (int) WAIT_CQ_EVENT.invokeExact(channel, MemorySegment.NULL, millis);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static int requestNotification(long cq) {
    try {
      return (int) REQ_NOTIFY_CQ.invokeExact(cq, 0);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static int pollCompletions(long cq, MemorySegment completions, int most) {
    try {
      return (int) POLL_CQ.invokeExact(cq, completions, most);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static int awaitCompletions(
      long cq, long channel, MemorySegment completions, int most, long nanos) {
    try {
      return (int) AWAIT_CQ.invokeExact(cq, channel, completions, most, nanos);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static long createQueuePair(long cmId, long pd, long cq, MemorySegment attributes, long ops) {
    try {
      return (long) CREATE_QP.invokeExact(cmId, pd, cq, cq, attributes, 0, ops);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static int queryQueuePair(long qp, MemorySegment attributes) {
    try {
      return (int) QUERY_QP.invokeExact(qp, attributes);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static int toError(long qp) {
    try {
      return (int) QP_ERROR.invokeExact(qp);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static int post(long qp, MemorySegment requests, int count) {
    try {
      return (int) POST.invokeExact(qp, requests, count);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }
}
