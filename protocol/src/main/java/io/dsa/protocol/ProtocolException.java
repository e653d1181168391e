package io.dsa.protocol;

/**
 * Bytes that are not a message. Checked, because whoever decodes bytes from the network has to
 * decide what becomes of the connection.
 */
public final class ProtocolException extends Exception {
  private static final long serialVersionUID = 1L;

  private final int offset;

  ProtocolException(int offset, String reason) {
    super(reason + " (at byte " + offset + " of the message)");
    this.offset = offset;
  }

  ProtocolException(int offset, String reason, Throwable cause) {
    super(reason + " (at byte " + offset + " of the message)", cause);
    this.offset = offset;
  }

  /** Returns where in the message decoding stopped, in bytes from its first. */
  public int offset() {
    return offset;
  }
}
