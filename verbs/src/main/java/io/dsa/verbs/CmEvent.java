package io.dsa.verbs;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** A connection event, read in place: struct dsa_cm_event of dsa_verbs.h. */
final class CmEvent {
  static final long BYTES = 296;
  static final long PRIVATE_DATA = 40;

  // enum rdma_cm_event_type of rdma_get_cm_event(3).
  static final int ADDR_RESOLVED = 0;
  static final int ADDR_ERROR = 1;
  static final int ROUTE_RESOLVED = 2;
  static final int ROUTE_ERROR = 3;
  static final int CONNECT_REQUEST = 4;
  static final int CONNECT_RESPONSE = 5;
  static final int CONNECT_ERROR = 6;
  static final int UNREACHABLE = 7;
  static final int REJECTED = 8;
  static final int ESTABLISHED = 9;
  static final int DISCONNECTED = 10;
  static final int DEVICE_REMOVAL = 11;
  static final int TIMEWAIT_EXIT = 15;

  /** Reject reason of the InfiniBand CM, the only one of them that says that nobody listens. */
  static final int REASON_INVALID_SERVICE = 8;

  /** Reject reason of the InfiniBand CM: the program that listens said no. */
  static final int REASON_CONSUMER = 28;

  /**
   * Status of a CONNECT_ERROR where librdmacm could not complete what the peer had agreed to,
   * mostly because the peer has gone; it does not say why.
   */
  static final int INCOMPLETE = -1;

  private final MemorySegment memory = Arena.ofAuto().allocate(BYTES, 8);

  MemorySegment memory() {
    return memory;
  }

  int type() {
    return memory.get(JAVA_INT, 0);
  }

  /** 0, a negative errno, or the reason of a reject. */
  int status() {
    return memory.get(JAVA_INT, 4);
  }

  long listener() {
    return memory.get(JAVA_LONG, 8);
  }

  long cmId() {
    return memory.get(JAVA_LONG, 16);
  }

  byte[] privateData() {
    return memory.asSlice(PRIVATE_DATA, memory.get(JAVA_INT, 32)).toArray(JAVA_BYTE);
  }
}
