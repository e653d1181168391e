package io.dsa.protocol;

import java.util.Objects;
import java.util.Set;

/**
 * The first request of a session: who the client is and what it can do. Answered by {@link
 * Challenge}. Type 0x0001.
 *
 * <pre>
 *    0               1               2               3
 *   +---------------+---------------+---------------+---------------+
 *  0|       protocol version        |     length of client name     |
 *   +---------------+---------------+---------------+---------------+
 *  4|  client name, UTF-8                                          ...
 *   +---------------+---------------+---------------+---------------+
 *   |          durability methods, see DurabilityMethod             |
 *   +---------------+---------------+---------------+---------------+
 *   |      length of user name      |  user name, UTF-8            ...
 *   +---------------+---------------+---------------+---------------+
 *   |                    client nonce, 32 bytes                    ...
 *   +---------------+---------------+---------------+---------------+
 *   |  options                                                     ...
 * </pre>
 *
 * @param protocolVersion the highest version that the client speaks, 1 to 65535
 * @param clientName for logs and listings, at most 255 bytes; proves nothing, and a server shows
 *     {@code ?} for what does not print in it ({@link PrintableText#of})
 * @param durability what the client can do to make writes durable
 * @param userName whom the client will prove to be, at most 64 bytes; empty for nobody
 * @param nonce random, and never the same twice
 */
public record Hello(
    int protocolVersion,
    String clientName,
    Set<DurabilityMethod> durability,
    String userName,
    Bytes32 nonce)
    implements Request {
  /** The longest name of a client or server, in bytes of UTF-8. */
  public static final int MAX_NAME_BYTES = 255;

  public Hello {
    WireCheck.range("protocol version", protocolVersion, 1, 0xFFFF);
    WireText.check("client name", clientName, MAX_NAME_BYTES);
    durability = DurabilityMethod.copyOf(durability);
    WireText.check("user name", userName, UserName.MAX_BYTES);
    Objects.requireNonNull(nonce, "client nonce");
  }

  void encode(FieldWriter out) {
    out.u16(protocolVersion).text(clientName).methods(durability).text(userName);
    nonce.encode(out);
  }

  static Hello decode(FieldReader in) throws ProtocolException {
    return new Hello(
        in.u16("protocol version"),
        in.text("client name", MAX_NAME_BYTES),
        in.methods("durability methods"),
        in.text("user name", UserName.MAX_BYTES),
        Bytes32.decode(in, "client nonce"));
  }
}
