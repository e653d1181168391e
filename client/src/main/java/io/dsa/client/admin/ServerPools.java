package io.dsa.client.admin;

import io.dsa.protocol.PoolInfo;
import java.util.List;

/**
 * A server and its pools, as they were when it was asked.
 *
 * @param name what the server calls itself
 * @param address HOST:PORT of its control plane, which is what clients connect to
 * @param instance names this run of it; another one later means that it was restarted in between
 */
public record ServerPools(String name, String address, String instance, List<PoolInfo> pools) {
  public ServerPools {
    pools = List.copyOf(pools);
  }
}
