package io.dsa.protocol;

import java.util.UUID;

/**
 * Names one run of a server process: it changes at each start. It is the write verifier: where it
 * changed between a write and its flush, the write is not known to be durable.
 *
 * @param high the first 8 bytes on the wire
 * @param low the last 8 bytes on the wire
 */
public record InstanceId(long high, long low) {
  /** The size on the wire. */
  public static final int BYTES = 16;

  /** Returns a new one that no other run has. */
  public static InstanceId random() {
    UUID uuid = UUID.randomUUID();
    return new InstanceId(uuid.getMostSignificantBits(), uuid.getLeastSignificantBits());
  }

  /**
   * Returns the one that has this text.
   *
   * @throws IllegalArgumentException if it is no UUID
   */
  public static InstanceId parse(String text) {
    UUID uuid = UUID.fromString(text);
    return new InstanceId(uuid.getMostSignificantBits(), uuid.getLeastSignificantBits());
  }

  /** Returns it in the form of a UUID. */
  @Override
  public String toString() {
    return new UUID(high, low).toString();
  }

  void encode(FieldWriter out) {
    out.int64(high).int64(low);
  }

  static InstanceId decode(FieldReader in) throws ProtocolException {
    return new InstanceId(in.int64("instance id"), in.int64("instance id"));
  }
}
