package io.dsa.protocol;

/**
 * Where data queues connect to. A structure: its length comes before it and options may come after
 * its fields.
 *
 * <pre>
 *    0               1               2               3
 *   +---------------+---------------+---------------+---------------+
 *  0|             port              |        length of host         |
 *   +---------------+---------------+---------------+---------------+
 *  4|  host, UTF-8                                                 ...
 * </pre>
 *
 * @param host a name or address, at most 255 bytes; empty means the host of the control connection
 * @param port RDMA connection manager port, 1 to 65535
 */
public record Target(String host, int port) {
  public Target {
    WireText.check("host", host, 255);
    WireCheck.range("port", port, 1, 0xFFFF);
  }

  void encode(FieldWriter out) {
    out.u16(port).text(host);
  }

  static Target decode(FieldReader in) throws ProtocolException {
    int port = in.u16("port");
    return new Target(in.text("host", 255), port);
  }
}
