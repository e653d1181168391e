package io.dsa.protocol;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.UUID;

/** Appends the fields of one message, big-endian, up to the largest message. One thread. */
final class FieldWriter {
  private final ByteBuffer bytes =
      ByteBuffer.allocate(MessageCodec.MAX_MESSAGE_BYTES).order(ByteOrder.BIG_ENDIAN);

  FieldWriter u8(int value) {
    bytes.put((byte) checked(value, 0xFF));
    return this;
  }

  FieldWriter u16(int value) {
    bytes.putShort((short) checked(value, 0xFFFF));
    return this;
  }

  FieldWriter int32(int value) {
    bytes.putInt(value);
    return this;
  }

  FieldWriter int64(long value) {
    bytes.putLong(value);
    return this;
  }

  FieldWriter bytes(byte[] value) {
    bytes.put(value);
    return this;
  }

  FieldWriter text(String value) {
    byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
    u16(utf8.length);
    bytes.put(utf8);
    return this;
  }

  FieldWriter methods(Set<DurabilityMethod> methods) {
    return int32(DurabilityMethod.toBits(methods));
  }

  /** An option whose value is an id. */
  void option(int tag, UUID id) {
    u16(tag).u16(2 * Long.BYTES);
    int64(id.getMostSignificantBits()).int64(id.getLeastSignificantBits());
  }

  /** Starts a structure or option value: leaves room for its length and returns where. */
  int begin() {
    int start = bytes.position();
    bytes.putShort((short) 0);
    return start;
  }

  /** Ends what {@link #begin} started by filling in the length. */
  void end(int start) {
    bytes.putShort(start, (short) checked(bytes.position() - start - Short.BYTES, 0xFFFF));
  }

  int position() {
    return bytes.position();
  }

  void int32At(int position, int value) {
    bytes.putInt(position, value);
  }

  byte[] toBytes() {
    byte[] out = new byte[bytes.position()];
    bytes.get(0, out);
    return out;
  }

  private static int checked(int value, int max) {
    if (value < 0 || value > max) {
      throw new IllegalArgumentException("value " + value + " does not fit its field, 0 to " + max);
    }
    return value;
  }
}
