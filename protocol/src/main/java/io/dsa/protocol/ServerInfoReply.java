package io.dsa.protocol;

import java.util.List;
import java.util.Objects;

/**
 * Answers {@link ServerInfo}. Type 0x8003.
 *
 * <pre>
 *    0               1               2               3
 *   +---------------+---------------+---------------+---------------+
 *  0|                    instance id, 16 bytes                     ...
 *   +---------------+---------------+---------------+---------------+
 * 16|     length of server name     |  server name, UTF-8          ...
 *   +---------------+---------------+---------------+---------------+
 *   |   length of server version    |  server version, UTF-8       ...
 *   +---------------+---------------+---------------+---------------+
 *   |  1: more pools|        number of pools        |
 *   +---------------+---------------+---------------+---------------+
 *   |        length of pool         |  pool, see PoolInfo; repeated...
 *   +---------------+---------------+---------------+---------------+
 *   |  options                                                     ...
 * </pre>
 *
 * @param instanceId this run of the server
 * @param serverName for people, at most 255 bytes
 * @param serverVersion the build, for people, at most 255 bytes
 * @param pools from the index that was asked for
 * @param more whether there are pools after these
 */
public record ServerInfoReply(
    InstanceId instanceId,
    String serverName,
    String serverVersion,
    List<PoolInfo> pools,
    boolean more)
    implements Reply {
  public ServerInfoReply {
    Objects.requireNonNull(instanceId, "instance id");
    WireText.check("server name", serverName, Hello.MAX_NAME_BYTES);
    WireText.check("server version", serverVersion, Hello.MAX_NAME_BYTES);
    pools = List.copyOf(pools);
  }

  /**
   * Returns a reply with as many of {@code pools} from index {@code firstPool} as fit in a message.
   */
  public static ServerInfoReply page(
      InstanceId instanceId,
      String serverName,
      String serverVersion,
      List<PoolInfo> pools,
      int firstPool) {
    ServerInfoReply empty =
        new ServerInfoReply(instanceId, serverName, serverVersion, List.of(), false);
    List<PoolInfo> rest = Page.from(pools, firstPool);
    int fit = Page.fit(empty::encode, rest, PoolInfo::encode);
    return new ServerInfoReply(
        instanceId, serverName, serverVersion, rest.subList(0, fit), fit < rest.size());
  }

  void encode(FieldWriter out) {
    instanceId.encode(out);
    out.text(serverName).text(serverVersion).u8(more ? 1 : 0).u16(pools.size());
    for (PoolInfo pool : pools) {
      int start = out.begin();
      pool.encode(out);
      out.end(start);
    }
  }

  static ServerInfoReply decode(FieldReader in) throws ProtocolException {
    InstanceId instanceId = InstanceId.decode(in);
    String name = in.text("server name", Hello.MAX_NAME_BYTES);
    String version = in.text("server version", Hello.MAX_NAME_BYTES);
    boolean more = in.bool("more");
    return new ServerInfoReply(
        instanceId, name, version, in.structures("pool", PoolInfo::decode), more);
  }
}
