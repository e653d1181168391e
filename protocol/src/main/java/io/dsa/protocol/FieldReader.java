package io.dsa.protocol;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * Takes the fields of one body or structure in order, never past its end. One thread.
 *
 * <p>After the fixed fields come options: tag (16 bits), length (16 bits), value. A reader that
 * does not know a tag skips it, which is how messages grow.
 */
final class FieldReader {
  /** Decodes one structure of a list. */
  @FunctionalInterface
  interface StructureDecoder<T> {
    T decode(FieldReader in) throws ProtocolException;
  }

  private final ByteBuffer bytes;
  private final int base;

  /**
   * @param bytes exactly the body or structure; its position moves
   * @param base where {@code bytes} begins in the message, for error texts
   */
  FieldReader(ByteBuffer bytes, int base) {
    this.bytes = bytes.order(ByteOrder.BIG_ENDIAN);
    this.base = base;
  }

  int u8(String field) throws ProtocolException {
    need(field, Byte.BYTES);
    return Byte.toUnsignedInt(bytes.get());
  }

  int u16(String field) throws ProtocolException {
    need(field, Short.BYTES);
    return Short.toUnsignedInt(bytes.getShort());
  }

  int int32(String field) throws ProtocolException {
    need(field, Integer.BYTES);
    return bytes.getInt();
  }

  long int64(String field) throws ProtocolException {
    need(field, Long.BYTES);
    return bytes.getLong();
  }

  byte[] bytes(String field, int length) throws ProtocolException {
    need(field, length);
    byte[] value = new byte[length];
    bytes.get(value);
    return value;
  }

  String text(String field, int maxBytes) throws ProtocolException {
    int length = u16(field);
    need(field, length);
    return utf8(field, length, maxBytes);
  }

  /** Takes all that is left, as the value of a text option. */
  String remainingText(String field, int maxBytes) throws ProtocolException {
    return utf8(field, bytes.remaining(), maxBytes);
  }

  private String utf8(String field, int length, int maxBytes) throws ProtocolException {
    if (length > maxBytes) {
      throw bad(field + " is " + length + " bytes, more than " + maxBytes);
    }
    ByteBuffer utf8 = bytes.slice(bytes.position(), length);
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(utf8).toString();
      bytes.position(bytes.position() + length);
      return text;
    } catch (CharacterCodingException e) {
      throw new ProtocolException(offset(), field + " is not UTF-8", e);
    }
  }

  Set<DurabilityMethod> methods(String field) throws ProtocolException {
    return DurabilityMethod.fromBits(int32(field));
  }

  boolean bool(String field) throws ProtocolException {
    return u8(field) != 0;
  }

  <T> T structure(String field, StructureDecoder<T> decoder) throws ProtocolException {
    int length = u16(field);
    need(field, length);
    FieldReader inner = new FieldReader(bytes.slice(bytes.position(), length), offset());
    T value = inner.complete(field, decoder);
    bytes.position(bytes.position() + length);
    return value;
  }

  <T> List<T> structures(String field, StructureDecoder<T> decoder) throws ProtocolException {
    int count = u16(field);
    List<T> values = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      values.add(structure(field, decoder));
    }
    return values;
  }

  /** Decodes with {@code decoder} and then skips the options that it did not take. */
  <T> T complete(String what, StructureDecoder<T> decoder) throws ProtocolException {
    T value;
    try {
      value = decoder.decode(this);
    } catch (IllegalArgumentException e) {
      // A record refused a value, such as a negative length.
      throw new ProtocolException(offset(), what + ": " + e.getMessage(), e);
    }
    while (hasOption()) {
      option();
    }
    return value;
  }

  UUID uuid(String name) throws ProtocolException {
    return new UUID(int64(name), int64(name));
  }

  boolean hasOption() {
    return bytes.hasRemaining();
  }

  /** Takes the next option. */
  Option option() throws ProtocolException {
    int tag = u16("option tag");
    int length = u16("option length");
    need("option " + tag, length);
    Option option =
        new Option(tag, new FieldReader(bytes.slice(bytes.position(), length), offset()));
    bytes.position(bytes.position() + length);
    return option;
  }

  /** One option: its tag and a reader over its value. */
  record Option(int tag, FieldReader value) {}

  ProtocolException bad(String reason) {
    return new ProtocolException(offset(), reason);
  }

  private int offset() {
    return base + bytes.position();
  }

  private void need(String field, int length) throws ProtocolException {
    if (bytes.remaining() < length) {
      throw bad(
          field
              + " needs "
              + length
              + " bytes and "
              + bytes.remaining()
              + " are left before its end");
    }
  }
}
