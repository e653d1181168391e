package io.dsa.protocol;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * Answers {@link Authenticate}: the session has begun. Type 0x8001.
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
 *   |                      signature, 32 bytes                     ...
 *   +---------------+---------------+---------------+---------------+
 *   |  option 1: instance ids, 16 bytes each                       ...
 * </pre>
 *
 * @param version what both speak from now on: the lower of the two ends' highest versions
 * @param instanceId this run of the server, the write verifier
 * @param serverName for people, at most 255 bytes
 * @param limits what this session may use
 * @param signature proves that the server keeps the keys of the user's secret, and covers all the
 *     rest, see {@link Transcript}; zeros of a server that authenticates nobody
 * @param continued earlier runs of the server, at most {@value #MAX_CONTINUED}, that ended in order
 *     and left everything that was written to them where it was: a flush to this run makes it
 *     durable, as it would have been by one to that run
 */
public record HelloReply(
    int version,
    InstanceId instanceId,
    String serverName,
    SessionLimits limits,
    Bytes32 signature,
    List<InstanceId> continued)
    implements Reply {
  /** The most earlier runs that a reply names. */
  public static final int MAX_CONTINUED = 64;

  private static final int OPTION_CONTINUED = 1;

  public HelloReply {
    WireCheck.range("protocol version", version, 1, 0xFFFF);
    Objects.requireNonNull(instanceId, "instance id");
    WireText.check("server name", serverName, Hello.MAX_NAME_BYTES);
    Objects.requireNonNull(limits, "limits");
    Objects.requireNonNull(signature, "signature");
    continued = List.copyOf(continued);
    WireCheck.range("number of earlier runs", continued.size(), 0, MAX_CONTINUED);
  }

  /** A reply of a server that continues no earlier run. */
  public HelloReply(
      int version,
      InstanceId instanceId,
      String serverName,
      SessionLimits limits,
      Bytes32 signature) {
    this(version, instanceId, serverName, limits, signature, List.of());
  }

  HelloReply withSignature(Bytes32 newSignature) {
    return new HelloReply(version, instanceId, serverName, limits, newSignature, continued);
  }

  /**
   * Returns a copy of a reply's bytes with zeros in the place of its signature: what the signature
   * was made of. Bytes, since decoding would lose the options of a newer server.
   *
   * @param message one that decodes
   */
  static byte[] unsigned(byte[] message) {
    ByteBuffer in = ByteBuffer.wrap(message);
    int name = MessageCodec.HEADER_BYTES + Short.BYTES + InstanceId.BYTES;
    int limits = name + Short.BYTES + Short.toUnsignedInt(in.getShort(name));
    int signature = limits + Short.BYTES + Short.toUnsignedInt(in.getShort(limits));
    byte[] unsigned = message.clone();
    Arrays.fill(unsigned, signature, signature + Bytes32.BYTES, (byte) 0);
    return unsigned;
  }

  void encode(FieldWriter out) {
    out.u16(version);
    instanceId.encode(out);
    out.text(serverName);
    int start = out.begin();
    limits.encode(out);
    out.end(start);
    signature.encode(out);
    if (!continued.isEmpty()) {
      out.u16(OPTION_CONTINUED);
      int value = out.begin();
      continued.forEach(instance -> instance.encode(out));
      out.end(value);
    }
  }

  static HelloReply decode(FieldReader in) throws ProtocolException {
    int version = in.u16("protocol version");
    InstanceId instanceId = InstanceId.decode(in);
    String serverName = in.text("server name", Hello.MAX_NAME_BYTES);
    SessionLimits limits = in.structure("limits", SessionLimits::decode);
    Bytes32 signature = Bytes32.decode(in, "signature");
    List<InstanceId> continued = new ArrayList<>();
    while (in.hasOption()) {
      FieldReader.Option option = in.option();
      if (option.tag() == OPTION_CONTINUED) {
        while (option.value().hasOption()) {
          continued.add(InstanceId.decode(option.value()));
        }
      }
    }
    return new HelloReply(version, instanceId, serverName, limits, signature, continued);
  }
}
