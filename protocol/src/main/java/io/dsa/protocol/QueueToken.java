package io.dsa.protocol;

import java.security.SecureRandom;

/**
 * A one-time secret that lets its holder connect one data queue pair: given by {@link
 * QueuePrepared}, presented in {@link ConnectData}, named again by {@link AttachQueue}.
 *
 * @param high the first 8 bytes on the wire
 * @param low the last 8 bytes on the wire
 */
public record QueueToken(long high, long low) {
  /** The size on the wire. */
  public static final int BYTES = 16;

  private static final SecureRandom RANDOM = new SecureRandom();

  /** Returns a new token that cannot be guessed. */
  public static QueueToken random() {
    return new QueueToken(RANDOM.nextLong(), RANDOM.nextLong());
  }

  /** Returns a text without the secret, so that logs do not give it away. */
  @Override
  public String toString() {
    return "QueueToken[secret]";
  }

  void encode(FieldWriter out) {
    out.int64(high).int64(low);
  }

  static QueueToken decode(FieldReader in) throws ProtocolException {
    return new QueueToken(in.int64("queue token"), in.int64("queue token"));
  }
}
