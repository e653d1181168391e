package io.dsa.protocol;

import java.util.Objects;

/**
 * Answers {@link PrepareQueue}. Type 0x8021.
 *
 * <pre>
 *    0               1               2               3
 *   +---------------+---------------+---------------+---------------+
 *  0|                       token, 16 bytes                        ...
 *   +---------------+---------------+---------------+---------------+
 * 16|         target index          |      valid for, milliseconds
 *   +---------------+---------------+---------------+---------------+
 * 20     (32 bits)                  |  options                     ...
 * </pre>
 *
 * @param token to present in {@link ConnectData} and then to name in {@link AttachQueue}
 * @param targetIndex which target of the volume to connect to, 0 to 65535
 * @param validForMillis how long the token waits for its connection, in milliseconds
 */
public record QueuePrepared(QueueToken token, int targetIndex, int validForMillis)
    implements Reply {
  public QueuePrepared {
    Objects.requireNonNull(token, "token");
    WireCheck.range("target index", targetIndex, 0, 0xFFFF);
    WireCheck.range("valid for", validForMillis, 1, Integer.MAX_VALUE);
  }

  void encode(FieldWriter out) {
    token.encode(out);
    out.u16(targetIndex).int32(validForMillis);
  }

  static QueuePrepared decode(FieldReader in) throws ProtocolException {
    return new QueuePrepared(QueueToken.decode(in), in.u16("target index"), in.int32("valid for"));
  }
}
