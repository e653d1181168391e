package io.dsa.protocol;

import java.util.Objects;

/**
 * Asks for the grants of a connected data queue, page by page. Answered by {@link QueueAttached},
 * or refused with {@link ErrorCode#UNKNOWN_TOKEN} or {@link ErrorCode#RESOURCES}. Type 0x0022.
 *
 * <pre>
 *    0               1               2               3
 *   +---------------+---------------+---------------+---------------+
 *  0|                       token, 16 bytes                        ...
 *   +---------------+---------------+---------------+---------------+
 * 16|                         first grant                           |
 *   +---------------+---------------+---------------+---------------+
 * 20|  options                                                     ...
 * </pre>
 *
 * @param token the one that the queue was connected with
 * @param firstGrant index of the first grant to send; 0, and then as many as have come
 */
public record AttachQueue(QueueToken token, int firstGrant) implements Request {
  public AttachQueue {
    Objects.requireNonNull(token, "token");
    WireCheck.range("first grant", firstGrant, 0, Integer.MAX_VALUE);
  }

  void encode(FieldWriter out) {
    token.encode(out);
    out.int32(firstGrant);
  }

  static AttachQueue decode(FieldReader in) throws ProtocolException {
    return new AttachQueue(QueueToken.decode(in), in.int32("first grant"));
  }
}
