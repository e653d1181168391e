package io.dsa.verbs.darpc;

import com.ibm.darpc.DaRPCMessage;
import com.ibm.darpc.DaRPCProtocol;
import java.nio.ByteBuffer;

/**
 * A payload in a DaRPC buffer, behind its length. DaRPC gives no error a way out of {@link #write}
 * and {@link #update}, and ignores how many bytes arrived: so neither throws, and what arrives is
 * taken only as far as it holds together.
 */
class Message implements DaRPCMessage {
  static final int HEADER = Integer.BYTES;

  private final int maxPayload;
  private byte[] payload;

  /** A message to be received. */
  Message(int maxPayload) {
    this.maxPayload = maxPayload;
  }

  /** A message to be sent. */
  Message(int maxPayload, byte[] payload) {
    if (payload.length > maxPayload) {
      throw new IllegalArgumentException(payload.length + " bytes, at most " + maxPayload);
    }
    this.maxPayload = maxPayload;
    this.payload = payload;
  }

  /** Sizes DaRPC's buffers. */
  static DaRPCProtocol<Message, Message> protocol(int maxPayload) {
    return new DaRPCProtocol<>() {
      @Override
      public Message createRequest() {
        return new Message(maxPayload);
      }

      @Override
      public Message createResponse() {
        return new Message(maxPayload);
      }
    };
  }

  @Override
  public final int size() {
    return HEADER + maxPayload;
  }

  @Override
  public final int write(ByteBuffer buffer) {
    buffer.putInt(payload.length).put(payload);
    return HEADER + payload.length;
  }

  @Override
  public void update(ByteBuffer buffer) {
    payload = read(buffer, maxPayload);
  }

  /** A copy of the payload at the buffer's position, or null when its length cannot be. */
  static byte[] read(ByteBuffer buffer, int maxPayload) {
    if (buffer.remaining() < HEADER) {
      return null;
    }
    int length = buffer.getInt();
    if (length < 0 || length > maxPayload || length > buffer.remaining()) {
      return null;
    }
    byte[] payload = new byte[length];
    buffer.get(payload);
    return payload;
  }

  /** What arrived, or null when it was malformed. */
  final byte[] payload() {
    return payload;
  }
}
