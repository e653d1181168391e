package io.dsa.protocol;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;

/**
 * The private data with which a client connects a data queue: the token that proves its right to.
 * What is after these bytes is ignored, since the connection manager pads with zeros.
 *
 * <pre>
 *    0               1               2               3
 *   +---------------+---------------+---------------+---------------+
 *  0|  0x44 'D'        0x53 'S'        0x41 'A'        0x51 'Q'     |  magic
 *   +---------------+---------------+---------------+---------------+
 *  4|            version            |         reserved, zero        |
 *   +---------------+---------------+---------------+---------------+
 *  8|                       token, 16 bytes                        ...
 *   +---------------+---------------+---------------+---------------+
 * </pre>
 *
 * @param token from {@link QueuePrepared}
 */
public record ConnectData(QueueToken token) {
  /** The size; a connect request carries at most 56 bytes. */
  public static final int BYTES = 24;

  /** The first four bytes: {@code DSAQ}. */
  public static final int MAGIC = 0x44534151;

  public ConnectData {
    Objects.requireNonNull(token, "token");
  }

  /** Returns its {@value #BYTES} bytes. */
  public byte[] encode() {
    return ByteBuffer.allocate(BYTES)
        .order(ByteOrder.BIG_ENDIAN)
        .putInt(MAGIC)
        .putShort((short) MessageCodec.VERSION)
        .putShort((short) 0)
        .putLong(token.high())
        .putLong(token.low())
        .array();
  }

  /**
   * Returns what {@code privateData} begins with.
   *
   * @throws ProtocolException if it is anything else
   */
  public static ConnectData decode(byte[] privateData) throws ProtocolException {
    if (privateData.length < BYTES) {
      throw new ProtocolException(
          0, "a data queue connects with " + BYTES + " bytes, here are " + privateData.length);
    }
    ByteBuffer in = ByteBuffer.wrap(privateData).order(ByteOrder.BIG_ENDIAN);
    if (in.getInt(0) != MAGIC) {
      throw new ProtocolException(
          0, String.format("not a DSA data queue: begins with 0x%08x", in.getInt(0)));
    }
    if (in.getShort(4) == 0) {
      throw new ProtocolException(4, "version 0");
    }
    return new ConnectData(new QueueToken(in.getLong(8), in.getLong(16)));
  }
}
