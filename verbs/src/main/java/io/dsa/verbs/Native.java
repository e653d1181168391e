package io.dsa.verbs;

import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.util.Map;

/**
 * The C functions of {@code dsa_verbs.h}, which is their manual. Loading checks that library and
 * Java agree on every size and offset that Java relies on.
 *
 * <p>Bound by JNI: to link them through {@link java.lang.foreign.Linker} takes a JVM that has just
 * begun longer than all the rest of a command, and so linked they are slow until the second
 * compiler has seen the caller.
 */
@SuppressWarnings("restricted")
final class Native {
  private static final int ABI_VERSION = 2;

  static {
    System.loadLibrary("disni");
    checkLayouts();
  }

  private Native() {}

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
            Map.entry("dsa_chain", Chain.BYTES),
            Map.entry("dsa_chain.requests", Chain.REQUESTS),
            Map.entry("dsa_chain.after", Chain.AFTER),
            Map.entry("dsa_chain.n", Chain.COUNT),
            Map.entry("dsa_chain.posted", Chain.POSTED),
            Map.entry("ibv_wc", (long) Completions.BYTES),
            Map.entry("ibv_wc.status", 8L),
            Map.entry("ibv_wc.qp_num", 28L),
            Map.entry("IBV_ACCESS_MW_BIND", (long) Access.MW_BIND),
            Map.entry("IBV_ACCESS_ON_DEMAND", (long) Access.ON_DEMAND),
            Map.entry("IBV_ACCESS_FLUSH_PERSISTENT", (long) Access.FLUSH_PERSISTENT),
            Map.entry("IBV_WC_REM_ACCESS_ERR", (long) CompletionStatus.REMOTE_ACCESS_ERROR),
            Map.entry("RDMA_CM_EVENT_DISCONNECTED", (long) CmEvent.DISCONNECTED));
    expected.forEach((name, value) -> {
      long actual = layoutOf(name);
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

  private static long layoutOf(String name) {
    try {
      return layout(name);
    } catch (UnsatisfiedLinkError e) {
      throw (Error)
          new UnsatisfiedLinkError("libdisni.so is not the one of this version of DSA")
              .initCause(e);
    }
  }

  private static native long layout(String name);

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
    int result = wakeChannel(channel);
    if (result != -Errno.EBADF) {
      check("wake a waiting thread", result);
    }
  }

  private static native int wakeChannel(long channel);

  static native long createEventChannel();

  static native int destroyEventChannel(long channel);

  static int nextEvent(long channel, MemorySegment event, int millis) {
    try {
      return nextEvent0(channel, event.address(), millis);
    } finally {
      Reference.reachabilityFence(event);
    }
  }

  private static native int nextEvent0(long channel, long event, int millis);

  static native long createId(long channel);

  static native int destroyId(long cmId);

  static int bind(long cmId, MemorySegment address) {
    try {
      return bind0(cmId, address.address(), (int) address.byteSize());
    } finally {
      Reference.reachabilityFence(address);
    }
  }

  private static native int bind0(long cmId, long address, int length);

  static native int listen(long cmId, int backlog);

  static native int port(long cmId);

  static int resolveAddress(long cmId, MemorySegment destination, int millis) {
    try {
      return resolveAddress0(cmId, destination.address(), (int) destination.byteSize(), millis);
    } finally {
      Reference.reachabilityFence(destination);
    }
  }

  private static native int resolveAddress0(long cmId, long destination, int length, int millis);

  static native int resolveRoute(long cmId, int millis);

  static int connect(long cmId, MemorySegment parameters) {
    try {
      return connect0(cmId, parameters.address());
    } finally {
      Reference.reachabilityFence(parameters);
    }
  }

  private static native int connect0(long cmId, long parameters);

  static int accept(long cmId, MemorySegment parameters) {
    try {
      return accept0(cmId, parameters.address());
    } finally {
      Reference.reachabilityFence(parameters);
    }
  }

  private static native int accept0(long cmId, long parameters);

  static int reject(long cmId, MemorySegment data) {
    try {
      return reject0(cmId, data.address(), (int) data.byteSize());
    } finally {
      Reference.reachabilityFence(data);
    }
  }

  private static native int reject0(long cmId, long data, int length);

  static native int disconnect(long cmId);

  static native long context(long cmId);

  static int queryDevice(long context, MemorySegment attributes) {
    try {
      return queryDevice0(context, attributes.address());
    } finally {
      Reference.reachabilityFence(attributes);
    }
  }

  private static native int queryDevice0(long context, long attributes);

  static int nextAsyncEvent(long context, MemorySegment event, int millis) {
    try {
      return nextAsyncEvent0(context, event.address(), millis);
    } finally {
      Reference.reachabilityFence(event);
    }
  }

  private static native int nextAsyncEvent0(long context, long event, int millis);

  static native long allocateDomain(long context);

  static native int deallocateDomain(long pd);

  static long registerRegion(
      long pd,
      long address,
      long length,
      int access,
      MemorySegment localKey,
      MemorySegment remoteKey) {
    try {
      return registerRegion0(pd, address, length, access, localKey.address(), remoteKey.address());
    } finally {
      Reference.reachabilityFence(localKey);
      Reference.reachabilityFence(remoteKey);
    }
  }

  private static native long registerRegion0(
      long pd, long address, long length, int access, long localKey, long remoteKey);

  static native int deregisterRegion(long mr);

  static long allocateWindow(long pd, MemorySegment key) {
    try {
      return allocateWindow0(pd, key.address());
    } finally {
      Reference.reachabilityFence(key);
    }
  }

  private static native long allocateWindow0(long pd, long key);

  static native int deallocateWindow(long mw);

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
      return bindWindow0(
          qp, mw, mr, address, length, access, workRequestId, flags, newKey.address());
    } finally {
      Reference.reachabilityFence(newKey);
    }
  }

  private static native int bindWindow0(
      long qp,
      long mw,
      long mr,
      long address,
      long length,
      int access,
      long workRequestId,
      int flags,
      long newKey);

  static native long createCompletionChannel(long context);

  static native int destroyCompletionChannel(long channel);

  static native long createCompletionQueue(long context, long channel, int entries);

  static native int destroyCompletionQueue(long cq);

  static native int awaitCompletionEvent(long channel, int millis);

  static native int requestNotification(long cq);

  /**
   * Polls.
   *
   * @param chain struct dsa_chain, or {@link MemorySegment#NULL}
   */
  static int pollCompletions(
      long cq, MemorySegment completions, int most, int times, MemorySegment chain) {
    try {
      return pollCompletions0(cq, completions.address(), most, times, chain.address());
    } finally {
      Reference.reachabilityFence(completions);
      Reference.reachabilityFence(chain);
    }
  }

  private static native int pollCompletions0(
      long cq, long completions, int most, int times, long chain);

  static int awaitCompletions(
      long cq, long channel, MemorySegment completions, int most, long nanos) {
    try {
      return awaitCompletions0(cq, channel, completions.address(), most, nanos);
    } finally {
      Reference.reachabilityFence(completions);
    }
  }

  private static native int awaitCompletions0(
      long cq, long channel, long completions, int most, long nanos);

  static long createQueuePair(long cmId, long pd, long cq, MemorySegment attributes, long ops) {
    try {
      return createQueuePair0(cmId, pd, cq, attributes.address(), ops);
    } finally {
      Reference.reachabilityFence(attributes);
    }
  }

  private static native long createQueuePair0(
      long cmId, long pd, long cq, long attributes, long ops);

  static int queryQueuePair(long qp, MemorySegment attributes) {
    try {
      return queryQueuePair0(qp, attributes.address());
    } finally {
      Reference.reachabilityFence(attributes);
    }
  }

  private static native int queryQueuePair0(long qp, long attributes);

  static native int toError(long qp);

  static int post(long qp, MemorySegment requests, int count) {
    try {
      return post0(qp, requests.address(), count);
    } finally {
      Reference.reachabilityFence(requests);
    }
  }

  private static native int post0(long qp, long requests, int count);
}
