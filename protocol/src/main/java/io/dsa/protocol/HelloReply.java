package io.dsa.protocol;

import java.util.Objects;

/**
 * Answers {@link Hello}. Type 0x8001.
 *
 * <pre>
 *    0               1               2               3
 *   +---------------+---------------+---------------+---------------+
 *  0|       protocol version        |     instance id, 16 bytes    ...
 *   +---------------+---------------+---------------+---------------+
 * 18|     length of server name     |  server name, UTF-8          ...
 *   +---------------+---------------+---------------+---------------+
 *   |       length of limits        |  limits, see SessionLimits   ...
 *   +---------------+---------------+---------------+---------------+
 *   |  options                                                     ...
 * </pre>
 *
 * @param version what both speak from now on: the lower of the two ends' highest versions
 * @param instanceId this run of the server, the write verifier
 * @param serverName for people, at most 255 bytes
 * @param limits what this session may use
 */
public record HelloReply(
    int version, InstanceId instanceId, String serverName, SessionLimits limits) implements Reply {
  public HelloReply {
    WireCheck.range("protocol version", version, 1, 0xFFFF);
    Objects.requireNonNull(instanceId, "instance id");
    WireText.check("server name", serverName, Hello.MAX_NAME_BYTES);
    Objects.requireNonNull(limits, "limits");
  }

  void encode(FieldWriter out) {
    out.u16(version);
    instanceId.encode(out);
    out.text(serverName);
    int start = out.begin();
    limits.encode(out);
    out.end(start);
  }

  static HelloReply decode(FieldReader in) throws ProtocolException {
    return new HelloReply(
        in.u16("protocol version"),
        InstanceId.decode(in),
        in.text("server name", Hello.MAX_NAME_BYTES),
        in.structure("limits", SessionLimits::decode));
  }
}
