package io.dsa.server.admin;

import io.dsa.protocol.PoolInfo;
import io.dsa.protocol.json.JsonObject;

/** {@code /api/v1/pools}. */
final class PoolRoutes {
  private final Pools pools;

  private PoolRoutes(Pools pools) {
    this.pools = pools;
  }

  static void add(RouteTable table, Pools pools) {
    PoolRoutes routes = new PoolRoutes(pools);
    table.add("GET", "/api/v1/pools", RouteTable.Audience.ADMINS, request -> routes.list());
  }

  private AdminResponse list() {
    Pools.Listing listing = pools.list();
    return AdminResponse.ok(
        JsonObject.empty()
            .with("name", listing.name())
            .with("address", listing.address())
            .with("instance", listing.instance())
            .with("pools", listing.pools().stream().map(PoolRoutes::json).toList()));
  }

  private static JsonObject json(PoolInfo pool) {
    return JsonObject.empty()
        .with("uri", pool.uri())
        .with("capacity", pool.capacity())
        .with("free", pool.free())
        .with("persistence", Words.of(pool.persistence()));
  }
}
