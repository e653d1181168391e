package io.dsa.verbs.darpc;

import com.ibm.disni.verbs.RdmaCmEvent;
import com.ibm.disni.verbs.RdmaCmId;
import io.dsa.verbs.Refusal;
import java.util.Optional;

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

  /**
   * What happened and its status: 0, -errno, or the CM's reason for REJECTED.
   *
   * @param refusal why a server of ours said no, where it did
   */
  record Event(int type, int status, Refusal refusal) {
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
            status == REJECT_BY_CONSUMER && refusal.isLack()
                ? RpcException.Reason.FULL
                : RpcException.Reason.REFUSED;
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
              case REJECT_BY_CONSUMER -> refusal.text();
              default -> "refused by the peer (CM reason " + status + ")";
            };
        case DEVICE_REMOVAL -> "the RDMA device was removed";
        case DISCONNECTED -> "the peer ended the connection";
        default -> "connection event " + type + " (" + status + ")";
      };
    }
  }

  /** The truth behind the event that DiSNI delivers; to be called on its event thread. */
  static Event of(RdmaCmEvent event) {
    RdmaCmId id = event.getConnIdPriv();
    Event told = new Event(event.getEvent(), 0, Refusal.UNKNOWN);
    if (event.getEvent() != DISCONNECTED || id == null) {
      return told;
    }
    Optional<Event> truth = CmFunctions.lastEvent(id).filter(Event::isEnd);
    if (truth.isPresent() && truth.get().type() == REJECTED) {
      int status = truth.get().status();
      return new Event(REJECTED, status, Refusal.of(CmFunctions.privateData(id)));
    }
    return truth.orElse(told);
  }
}
