package io.dsa.verbs;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** How both ends set up a connection: struct dsa_connection_parameters of dsa_verbs.h. */
final class ConnectionParameters {
  static final long BYTES = 16;

  /** The kernel and the peer settle on the most that both can. */
  private static final byte AS_MANY_AS_BOTH_CAN = (byte) 255;

  /**
   * One lost packet must not cost the queue pair, and a lost peer has to be noticed: the field
   * holds up to 7, which SoftRoCE takes for ever.
   */
  private static final byte RETRIES = 6;

  /** 7 is for ever; a peer that never becomes ready must fail the request. */
  private static final byte RNR_RETRIES = 6;

  private ConnectionParameters() {}

  static MemorySegment allocate(Arena arena, byte[] privateData) {
    MemorySegment data = arena.allocate(Math.max(1, privateData.length));
    MemorySegment.copy(privateData, 0, data, JAVA_BYTE, 0, privateData.length);
    MemorySegment parameters = arena.allocate(BYTES, 8);
    parameters.set(JAVA_LONG, 0, data.address());
    parameters.set(JAVA_INT, 8, privateData.length);
    parameters.set(JAVA_BYTE, 12, AS_MANY_AS_BOTH_CAN);
    parameters.set(JAVA_BYTE, 13, AS_MANY_AS_BOTH_CAN);
    parameters.set(JAVA_BYTE, 14, RETRIES);
    parameters.set(JAVA_BYTE, 15, RNR_RETRIES);
    return parameters;
  }
}
