package io.dsa.cli;

import io.dsa.client.DsaClient;
import io.dsa.protocol.PoolInfo;
import io.dsa.sal.ByteSize;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code dsa pool list}. */
@Command(name = "list", description = "Lists the server's pools.")
final class ListPoolsCommand implements Runnable {
  @Mixin private ServerOption server;
  @Mixin private OutputOption output;

  @Override
  public void run() {
    try (DsaClient client = server.connect()) {
      List<PoolInfo> pools = client.pools();
      output.print(
          () -> table(pools).lines(),
          () ->
              new Json.PoolList(
                  server.text(),
                  client.serverInstance().toString(),
                  pools.stream().map(Json.Pool::of).toList()));
    }
  }

  private static Table table(List<PoolInfo> pools) {
    Table table = new Table("POOL", "FOR VOLUMES", "FREE", "PERSISTENCE");
    for (PoolInfo pool : pools) {
      table.row(
          pool.uri(),
          ByteSize.format(pool.capacity()),
          ByteSize.format(pool.free()),
          Words.of(pool.persistence()));
    }
    return table;
  }
}
