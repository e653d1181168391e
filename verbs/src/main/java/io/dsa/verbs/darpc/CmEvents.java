package io.dsa.verbs.darpc;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import com.ibm.disni.verbs.RdmaCmEvent;
import com.ibm.disni.verbs.RdmaCmId;
import com.ibm.disni.verbs.impl.NatObject;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;

/**
 * Connection events as they happened. DiSNI is told DISCONNECTED for every event that ends a
 * connection or the attempt at one, since it would wait for ever otherwise; what it was in truth is
 * kept with the cm id.
 */
final class CmEvents {
  /** Numbers of enum rdma_cm_event_type. */
  static final int ADDR_RESOLVED = 0;

  static final int ADDR_ERROR = 1;
  static final int ROUTE_RESOLVED = 2;
  static final int ROUTE_ERROR = 3;
  static final int CONNECT_REQUEST = 4;
  static final int CONNECT_ERROR = 6;
  static final int UNREACHABLE = 7;
  static final int REJECTED = 8;
  static final int ESTABLISHED = 9;
  static final int DISCONNECTED = 10;
  static final int DEVICE_REMOVAL = 11;

  /** Numbers of enum ib_cm_rej_reason, the status of REJECTED. */
  private static final int REJECT_INVALID_SERVICE = 8;

  private static final int REJECT_BY_CONSUMER = 28;

  private static final int ENODEV = 19;

  private CmEvents() {}

  /** What happened and its status: 0, -errno, or the CM's reason for REJECTED. */
  record Event(int type, int status) {
    /** Whether a connection is over, or will not come about. */
    boolean isEnd() {
      return switch (type) {
        case ADDR_ERROR,
            ROUTE_ERROR,
            CONNECT_ERROR,
            UNREACHABLE,
            REJECTED,
            DISCONNECTED,
            DEVICE_REMOVAL ->
            true;
        default -> false;
      };
    }

    RpcException.Reason reason() {
      return switch (type) {
        case ADDR_ERROR, ROUTE_ERROR ->
            status == -ENODEV ? RpcException.Reason.NO_DEVICE : RpcException.Reason.UNREACHABLE;
        case UNREACHABLE -> RpcException.Reason.UNREACHABLE;
        case REJECTED ->
            status == REJECT_BY_CONSUMER ? RpcException.Reason.FULL : RpcException.Reason.REFUSED;
        case DEVICE_REMOVAL -> RpcException.Reason.NO_DEVICE;
        default -> RpcException.Reason.DISCONNECTED;
      };
    }

    /** What an operator can read. */
    String describe() {
      return switch (type) {
        case ADDR_ERROR ->
            status == -ENODEV
                ? "no RDMA device leads to this address"
                : "nothing answers at this address (" + status + ")";
        case ROUTE_ERROR -> "no RDMA route to this address (" + status + ")";
        case CONNECT_ERROR -> "the connection could not be set up (" + status + ")";
        case UNREACHABLE -> "no RDMA peer answers at this address (" + status + ")";
        case REJECTED ->
            switch (status) {
              case REJECT_INVALID_SERVICE -> "nothing listens on this port";
              case REJECT_BY_CONSUMER -> "the server takes no more connections";
              default -> "refused by the peer (CM reason " + status + ")";
            };
        case DEVICE_REMOVAL -> "the RDMA device was removed";
        case DISCONNECTED -> "the peer ended the connection";
        default -> "connection event " + type + " (" + status + ")";
      };
    }
  }

  /**
   * Looks the native function up now: on a slow machine that outlasts the event it is asked about.
   */
  static void bind() {
    if (Library.EVENT_STATUS == null) {
      throw new UnsatisfiedLinkError("libdisni.so lacks dsa_event_status: it is another DSA's");
    }
  }

  /** The truth behind the event that DiSNI delivers; to be called on its event thread. */
  static Event of(RdmaCmEvent event) {
    RdmaCmId id = event.getConnIdPriv();
    if (event.getEvent() == DISCONNECTED && id != null) {
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment type = arena.allocate(JAVA_INT);
        MemorySegment status = arena.allocate(JAVA_INT);
        int result =
            (int) Library.EVENT_STATUS.invokeExact(((NatObject) id).getObjId(), type, status);
        if (result == 0) {
          Event truth = new Event(type.get(JAVA_INT, 0), status.get(JAVA_INT, 0));
          if (truth.isEnd()) {
            return truth;
          }
        }
      } catch (RuntimeException | Error e) {
        throw e;
      } catch (Throwable e) {
        throw new IllegalStateException(e);
      }
    }
    return new Event(event.getEvent(), 0);
  }

  /** Bound on first use, which is after DiSNI has loaded the library. */
  private static final class Library {
    static final MethodHandle EVENT_STATUS = eventStatus();

    @SuppressWarnings("restricted")
    private static MethodHandle eventStatus() {
      return SymbolLookup.loaderLookup()
          .find("dsa_event_status")
          .map(address ->
              Linker.nativeLinker()
                  .downcallHandle(
                      address, FunctionDescriptor.of(JAVA_INT, JAVA_LONG, ADDRESS, ADDRESS)))
          .orElse(null);
    }
  }
}
