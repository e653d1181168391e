package io.dsa.protocol;

import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Turns messages into bytes and back. Everything is big-endian. Each message begins with
 *
 * <pre>
 *    0               1               2               3
 *   +---------------+---------------+---------------+---------------+
 *  0|  0x44 'D'        0x53 'S'        0x41 'A'        0x50 'P'     |  magic
 *   +---------------+---------------+---------------+---------------+
 *  4|            version            |             type              |
 *   +---------------+---------------+---------------+---------------+
 *  8|                             flags                             |
 *   +---------------+---------------+---------------+---------------+
 * 12|                  length of the body, bytes                    |
 *   +---------------+---------------+---------------+---------------+
 * 16|  body: the fields of the type, then options                  ...
 * </pre>
 *
 * <p>An option is a tag (16 bits), a length (16 bits) and that many bytes. A receiver skips options
 * whose tag it does not know. Flags are zero when sent and ignored when received. Bytes after the
 * body are not part of the message, since the RPC's buffers have a fixed size.
 *
 * <p>Static functions without state, usable by any thread.
 */
public final class MessageCodec {
  /** The largest message, header included; the RPC's buffers have this size. */
  public static final int MAX_MESSAGE_BYTES = 4096;

  /** The size of the header. */
  public static final int HEADER_BYTES = 16;

  /** The protocol version of this build, which its messages carry. */
  public static final int VERSION = 1;

  /** The first four bytes of every message: {@code DSAP}. */
  public static final int MAGIC = 0x44534150;

  static final int TYPE_HELLO = 0x0001;
  static final int TYPE_HEARTBEAT = 0x0002;
  static final int TYPE_SERVER_INFO = 0x0003;
  static final int TYPE_AUTHENTICATE = 0x0004;
  static final int TYPE_LIST_VOLUMES = 0x0012;
  static final int TYPE_SHOW_VOLUME = 0x0013;
  static final int TYPE_OPEN_VOLUME = 0x0020;
  static final int TYPE_PREPARE_QUEUE = 0x0021;
  static final int TYPE_ATTACH_QUEUE = 0x0022;
  static final int TYPE_PERSIST = 0x0023;
  static final int TYPE_CLOSE_VOLUME = 0x0024;

  static final int TYPE_DONE = 0x8000;
  static final int TYPE_HELLO_REPLY = 0x8001;
  static final int TYPE_SERVER_INFO_REPLY = 0x8003;
  static final int TYPE_CHALLENGE = 0x8004;
  static final int TYPE_VOLUME_REPLY = 0x8010;
  static final int TYPE_VOLUME_LIST = 0x8012;
  static final int TYPE_VOLUME_OPENED = 0x8020;
  static final int TYPE_QUEUE_PREPARED = 0x8021;
  static final int TYPE_QUEUE_ATTACHED = 0x8022;
  static final int TYPE_ERROR_REPLY = 0xFFFF;

  private static final int LENGTH_OFFSET = 12;

  private MessageCodec() {}

  /**
   * Returns the bytes of {@code request}, at most {@value #MAX_MESSAGE_BYTES}.
   *
   * @throws IllegalArgumentException if it is an {@link UnknownRequest}
   */
  public static byte[] encode(Request request) {
    return switch (request) {
      case Hello m -> message(TYPE_HELLO, m::encode);
      case Authenticate m -> message(TYPE_AUTHENTICATE, m::encode);
      case Heartbeat _ -> message(TYPE_HEARTBEAT, _ -> {});
      case ServerInfo m -> message(TYPE_SERVER_INFO, m::encode);
      case ListVolumes m -> message(TYPE_LIST_VOLUMES, m::encode);
      case ShowVolume m -> message(TYPE_SHOW_VOLUME, m::encode);
      case OpenVolume m -> message(TYPE_OPEN_VOLUME, m::encode);
      case PrepareQueue m -> message(TYPE_PREPARE_QUEUE, m::encode);
      case AttachQueue m -> message(TYPE_ATTACH_QUEUE, m::encode);
      case Persist m -> message(TYPE_PERSIST, m::encode);
      case CloseVolume m -> message(TYPE_CLOSE_VOLUME, m::encode);
      case UnknownRequest m ->
          throw new IllegalArgumentException("cannot encode a request of unknown type " + m.type());
    };
  }

  /**
   * Returns the bytes of {@code reply}, at most {@value #MAX_MESSAGE_BYTES}.
   *
   * @throws IllegalArgumentException if a list in it is too long for one message; the {@code page}
   *     functions of such replies take what fits
   */
  public static byte[] encode(Reply reply) {
    return switch (reply) {
      case Done _ -> message(TYPE_DONE, _ -> {});
      case Challenge m -> message(TYPE_CHALLENGE, m::encode);
      case HelloReply m -> message(TYPE_HELLO_REPLY, m::encode);
      case ServerInfoReply m -> message(TYPE_SERVER_INFO_REPLY, m::encode);
      case VolumeReply m -> message(TYPE_VOLUME_REPLY, m::encode);
      case VolumeList m -> message(TYPE_VOLUME_LIST, m::encode);
      case VolumeOpened m -> message(TYPE_VOLUME_OPENED, m::encode);
      case QueuePrepared m -> message(TYPE_QUEUE_PREPARED, m::encode);
      case QueueAttached m -> message(TYPE_QUEUE_ATTACHED, m::encode);
      case ErrorReply m -> message(TYPE_ERROR_REPLY, m::encode);
    };
  }

  /**
   * Returns the request at the start of {@code message}.
   *
   * @return an {@link UnknownRequest} if the header is sound and the type is not known
   * @throws ProtocolException if the bytes are not a request; no other exception, whatever they are
   */
  public static Request decodeRequest(byte[] message) throws ProtocolException {
    return decodeRequest(ByteBuffer.wrap(message));
  }

  /**
   * As {@link #decodeRequest(byte[])}, from the position of {@code message}, which is not moved.
   */
  public static Request decodeRequest(ByteBuffer message) throws ProtocolException {
    Header header = header(message);
    FieldReader body = body(message, header);
    return switch (header.type) {
      case TYPE_HELLO -> body.complete("Hello", Hello::decode);
      case TYPE_AUTHENTICATE -> body.complete("Authenticate", Authenticate::decode);
      case TYPE_HEARTBEAT -> body.complete("Heartbeat", _ -> new Heartbeat());
      case TYPE_SERVER_INFO -> body.complete("ServerInfo", ServerInfo::decode);
      case TYPE_LIST_VOLUMES -> body.complete("ListVolumes", ListVolumes::decode);
      case TYPE_SHOW_VOLUME -> body.complete("ShowVolume", ShowVolume::decode);
      case TYPE_OPEN_VOLUME -> body.complete("OpenVolume", OpenVolume::decode);
      case TYPE_PREPARE_QUEUE -> body.complete("PrepareQueue", PrepareQueue::decode);
      case TYPE_ATTACH_QUEUE -> body.complete("AttachQueue", AttachQueue::decode);
      case TYPE_PERSIST -> body.complete("Persist", Persist::decode);
      case TYPE_CLOSE_VOLUME -> body.complete("CloseVolume", CloseVolume::decode);
      default -> new UnknownRequest(header.type, header.version);
    };
  }

  /**
   * Returns the reply at the start of {@code message}.
   *
   * @throws ProtocolException if the bytes are not a reply of a known type; no other exception,
   *     whatever they are
   */
  public static Reply decodeReply(byte[] message) throws ProtocolException {
    return decodeReply(ByteBuffer.wrap(message));
  }

  /** As {@link #decodeReply(byte[])}, from the position of {@code message}, which is not moved. */
  public static Reply decodeReply(ByteBuffer message) throws ProtocolException {
    Header header = header(message);
    FieldReader body = body(message, header);
    return switch (header.type) {
      case TYPE_DONE -> body.complete("Done", _ -> new Done());
      case TYPE_CHALLENGE -> body.complete("Challenge", Challenge::decode);
      case TYPE_HELLO_REPLY -> body.complete("HelloReply", HelloReply::decode);
      case TYPE_SERVER_INFO_REPLY -> body.complete("ServerInfoReply", ServerInfoReply::decode);
      case TYPE_VOLUME_REPLY -> body.complete("VolumeReply", VolumeReply::decode);
      case TYPE_VOLUME_LIST -> body.complete("VolumeList", VolumeList::decode);
      case TYPE_VOLUME_OPENED -> body.complete("VolumeOpened", VolumeOpened::decode);
      case TYPE_QUEUE_PREPARED -> body.complete("QueuePrepared", QueuePrepared::decode);
      case TYPE_QUEUE_ATTACHED -> body.complete("QueueAttached", QueueAttached::decode);
      case TYPE_ERROR_REPLY -> body.complete("ErrorReply", ErrorReply::decode);
      default ->
          throw new ProtocolException(
              6,
              String.format(
                  "unknown type of reply 0x%04x, version %d", header.type, header.version));
    };
  }

  /** Returns the bytes of a message that decodes, without what comes after its body. */
  static byte[] trimmed(byte[] message) {
    return Arrays.copyOf(message, HEADER_BYTES + ByteBuffer.wrap(message).getInt(LENGTH_OFFSET));
  }

  /** What writes the body of a message. */
  @FunctionalInterface
  interface BodyEncoder {
    void encode(FieldWriter out);
  }

  private record Header(int version, int type, int bodyLength) {}

  private static byte[] message(int type, BodyEncoder body) {
    FieldWriter out = new FieldWriter();
    out.int32(MAGIC).u16(VERSION).u16(type).int32(0).int32(0);
    try {
      body.encode(out);
    } catch (BufferOverflowException e) {
      throw new IllegalArgumentException(
          "a message is at most " + MAX_MESSAGE_BYTES + " bytes, this one is longer", e);
    }
    out.int32At(LENGTH_OFFSET, out.position() - HEADER_BYTES);
    return out.toBytes();
  }

  private static Header header(ByteBuffer message) throws ProtocolException {
    ByteBuffer in = message.slice().order(ByteOrder.BIG_ENDIAN);
    if (in.remaining() < HEADER_BYTES) {
      throw new ProtocolException(
          0, "a message begins with " + HEADER_BYTES + " bytes, here are " + in.remaining());
    }
    if (in.getInt(0) != MAGIC) {
      throw new ProtocolException(
          0, String.format("not a DSA message: begins with 0x%08x", in.getInt(0)));
    }
    int version = Short.toUnsignedInt(in.getShort(4));
    if (version == 0) {
      throw new ProtocolException(4, "version 0");
    }
    int length = in.getInt(LENGTH_OFFSET);
    if (length < 0 || length > MAX_MESSAGE_BYTES - HEADER_BYTES) {
      throw new ProtocolException(
          LENGTH_OFFSET,
          "a body is at most "
              + (MAX_MESSAGE_BYTES - HEADER_BYTES)
              + " bytes, this one says "
              + Integer.toUnsignedString(length));
    }
    if (length > in.remaining() - HEADER_BYTES) {
      throw new ProtocolException(
          LENGTH_OFFSET,
          "the body says " + length + " bytes and " + (in.remaining() - HEADER_BYTES) + " came");
    }
    return new Header(version, Short.toUnsignedInt(in.getShort(6)), length);
  }

  private static FieldReader body(ByteBuffer message, Header header) {
    return new FieldReader(
        message.slice(message.position() + HEADER_BYTES, header.bodyLength), HEADER_BYTES);
  }
}
