package io.dsa.server.admin;

import io.dsa.protocol.PoolInfo;
import java.util.List;

/** The pools of the server. Thread-safe. */
@FunctionalInterface
public interface Pools {
  /**
   * What the server is and which pools it serves.
   *
   * @param name what it calls itself
   * @param address HOST:PORT of its control plane, for clients
   * @param instance names this run of it
   */
  record Listing(String name, String address, String instance, List<PoolInfo> pools) {}

  /** The pools as they are now. */
  Listing list();
}
