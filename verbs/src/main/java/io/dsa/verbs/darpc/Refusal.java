package io.dsa.verbs.darpc;

import io.dsa.verbs.darpc.RpcException.Reason;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Why a server refuses a connection: one byte behind a mark, in the private data of its reject. The
 * CM pads with zeros, and who else rejects sends nothing, so that 0 and what has no mark say
 * nothing.
 */
enum Refusal {
  UNKNOWN(0, Reason.REFUSED, "the server refused"),
  FULL(1, Reason.FULL, "the server takes no more connections"),
  CLOSING(2, Reason.REFUSED, "the server is shutting down"),
  NO_RESOURCES(3, Reason.FULL, "the server has no memory or device resources for a connection");

  private static final byte[] MARK = "DSA".getBytes(StandardCharsets.US_ASCII);

  private final int code;
  private final Reason reason;
  private final String text;

  Refusal(int code, Reason reason, String text) {
    this.code = code;
    this.reason = reason;
    this.text = text;
  }

  Reason reason() {
    return reason;
  }

  String text() {
    return text;
  }

  byte[] toBytes() {
    byte[] bytes = Arrays.copyOf(MARK, MARK.length + 1);
    bytes[MARK.length] = (byte) code;
    return bytes;
  }

  /** What private data of a reject says; {@link #UNKNOWN} for anything but a code of this class. */
  static Refusal of(byte[] bytes) {
    if (bytes.length > MARK.length && Arrays.equals(bytes, 0, MARK.length, MARK, 0, MARK.length)) {
      for (Refusal refusal : values()) {
        if (refusal.code == bytes[MARK.length]) {
          return refusal;
        }
      }
    }
    return UNKNOWN;
  }
}
