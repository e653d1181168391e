package io.dsa.protocol;

/**
 * Asks what the server is and which pools it serves. Answered by {@link ServerInfoReply}. Type
 * 0x0003.
 *
 * <pre>
 *    0               1               2               3
 *   +---------------+---------------+---------------+---------------+
 *  0|                          first pool                           |
 *   +---------------+---------------+---------------+---------------+
 *  4|  options                                                     ...
 * </pre>
 *
 * @param firstPool the index of the first pool to list; 0, and then as many as have come
 */
public record ServerInfo(int firstPool) implements Request {
  public ServerInfo {
    WireCheck.range("first pool", firstPool, 0, Integer.MAX_VALUE);
  }

  void encode(FieldWriter out) {
    out.int32(firstPool);
  }

  static ServerInfo decode(FieldReader in) throws ProtocolException {
    return new ServerInfo(in.int32("first pool"));
  }
}
