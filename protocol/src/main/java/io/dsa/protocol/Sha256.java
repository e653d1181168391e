package io.dsa.protocol;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * SHA-256 (FIPS 180-4) and HMAC with it (RFC 2104).
 *
 * <p>The HMAC is made of the hash here: {@code javax.crypto} would verify its providers first,
 * which a command that starts for one request has no time for.
 */
final class Sha256 {
  private static final int BLOCK_BYTES = 64;
  private static final byte INNER = 0x36;
  private static final byte OUTER = 0x5C;

  private Sha256() {}

  /** Returns the hash of the parts, one after the other. */
  static Bytes32 hash(byte[]... parts) {
    MessageDigest digest = newDigest();
    for (byte[] part : parts) {
      digest.update(part);
    }
    return Bytes32.of(digest.digest());
  }

  /** Returns the authentication code of {@code message}. */
  static Bytes32 hmac(Bytes32 key, byte[] message) {
    return hash(padded(key, OUTER), hash(padded(key, INNER), message).toBytes());
  }

  private static byte[] padded(Bytes32 key, byte pad) {
    byte[] block = Arrays.copyOf(key.toBytes(), BLOCK_BYTES);
    for (int i = 0; i < BLOCK_BYTES; i++) {
      block[i] ^= pad;
    }
    return block;
  }

  private static MessageDigest newDigest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
