package io.dsa.protocol;

import java.util.Objects;

/**
 * Answers any request that was refused or failed. Type 0xFFFF.
 *
 * <pre>
 *    0               1               2               3
 *   +---------------+---------------+---------------+---------------+
 *  0|             code              |       length of message       |
 *   +---------------+---------------+---------------+---------------+
 *  4|  message, UTF-8                                              ...
 *   +---------------+---------------+---------------+---------------+
 *   |  options                                                     ...
 * </pre>
 *
 * @param code why, see {@link ErrorCode} for the numbers
 * @param message one line for people that names the thing; what is over 1024 bytes is cut off, so
 *     that an error can always be sent
 */
public record ErrorReply(ErrorCode code, String message) implements Reply {
  /** The longest message, in bytes of UTF-8. */
  public static final int MAX_TEXT_BYTES = 1024;

  public ErrorReply {
    Objects.requireNonNull(code, "code");
    message = WireText.fit(message, MAX_TEXT_BYTES);
  }

  void encode(FieldWriter out) {
    out.u16(code.wire()).text(message);
  }

  static ErrorReply decode(FieldReader in) throws ProtocolException {
    return new ErrorReply(
        ErrorCode.fromWire(in.u16("error code")), in.text("error message", MAX_TEXT_BYTES));
  }
}
