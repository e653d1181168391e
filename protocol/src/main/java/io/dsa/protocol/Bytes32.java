package io.dsa.protocol;

import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;

/**
 * 32 bytes that somebody must not know, guess or change: a nonce, a key, a proof, a signature, a
 * hash. Compares in a time that does not tell where a difference is, and shows nothing of itself to
 * logs.
 */
public final class Bytes32 {
  /** The size on the wire. */
  public static final int BYTES = 32;

  /** Stands where there is nothing to prove. */
  public static final Bytes32 ZEROS = new Bytes32(new byte[BYTES]);

  private static final SecureRandom RANDOM = new SecureRandom();

  private final byte[] bytes;

  private Bytes32(byte[] bytes) {
    this.bytes = bytes;
  }

  /**
   * Returns a copy of {@code bytes}.
   *
   * @throws IllegalArgumentException unless there are {@value #BYTES}
   */
  public static Bytes32 of(byte[] bytes) {
    if (bytes.length != BYTES) {
      throw new IllegalArgumentException(bytes.length + " bytes and not " + BYTES);
    }
    return new Bytes32(bytes.clone());
  }

  /** Returns new ones that nobody can guess. Does not wait for randomness. */
  public static Bytes32 random() {
    byte[] bytes = new byte[BYTES];
    RANDOM.nextBytes(bytes);
    return new Bytes32(bytes);
  }

  /**
   * Returns what {@link #toText} wrote.
   *
   * @throws IllegalArgumentException for any other text, which the message does not repeat
   */
  public static Bytes32 parse(String text) {
    Bytes32 parsed;
    try {
      parsed = of(Base64.getUrlDecoder().decode(text));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("not 32 bytes in base64url");
    }
    // Else several texts would stand for the same bytes.
    if (!parsed.toText().equals(text)) {
      throw new IllegalArgumentException("not 32 bytes in base64url without padding");
    }
    return parsed;
  }

  /** Returns them in base64url without padding, 43 characters. */
  public String toText() {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /** Returns a copy. */
  public byte[] toBytes() {
    return bytes.clone();
  }

  Bytes32 xor(Bytes32 other) {
    byte[] out = new byte[BYTES];
    for (int i = 0; i < BYTES; i++) {
      out[i] = (byte) (bytes[i] ^ other.bytes[i]);
    }
    return new Bytes32(out);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Bytes32 that && MessageDigest.isEqual(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return bytes[0] << 24 | (bytes[1] & 0xFF) << 16 | (bytes[2] & 0xFF) << 8 | (bytes[3] & 0xFF);
  }

  @Override
  public String toString() {
    return "Bytes32[not shown]";
  }

  void encode(FieldWriter out) {
    out.bytes(bytes);
  }

  static Bytes32 decode(FieldReader in, String field) throws ProtocolException {
    return new Bytes32(in.bytes(field, BYTES));
  }
}
