package io.dsa.cli;

import io.dsa.client.admin.DsaAdmin;
import io.dsa.client.admin.ServerPools;
import io.dsa.protocol.PoolInfo;
import io.dsa.sal.ByteSize;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code dsa pool list}. */
@Command(name = "list", description = "Lists the server's pools.")
final class ListPoolsCommand implements Runnable {
  @Mixin private AdminOption server;
  @Mixin private OutputOption output;

  @Override
  public void run() {
    ServerPools found = server.ask(DsaAdmin::pools);
    output.print(
        () -> table(found.pools()).lines(),
        () ->
            new Json.PoolList(
                found.address(),
                found.instance(),
                found.pools().stream().map(Json.Pool::of).toList()));
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
