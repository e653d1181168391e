package io.dsa.verbs;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Why a server refuses a connection: one byte behind a mark, in the private data of its reject. The
 * CM pads with zeros, and who else rejects sends nothing, so that 0 and what has no mark say
 * nothing.
 */
public enum Refusal {
  UNKNOWN(0, "the server refused"),
  FULL(1, "the server takes no more connections"),
  CLOSING(2, "the server is shutting down"),
  NO_RESOURCES(3, "the server has no memory or device resources for a connection");

  private static final byte[] MARK = "DSA".getBytes(StandardCharsets.US_ASCII);

  private final int code;
  private final String text;

  Refusal(int code, String text) {
    this.code = code;
    this.text = text;
  }

  /** Whether the server could take the connection if others let go of something. */
  public boolean isLack() {
    return this == FULL || this == NO_RESOURCES;
  }

  /** What an operator can read. */
  public String text() {
    return text;
  }

  /** The private data of the reject. */
  public byte[] toBytes() {
    byte[] bytes = Arrays.copyOf(MARK, MARK.length + 1);
    bytes[MARK.length] = (byte) code;
    return bytes;
  }

  /** What private data of a reject says; {@link #UNKNOWN} for anything but a code of this class. */
  public static Refusal of(byte[] bytes) {
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
