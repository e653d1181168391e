package io.dsa.cli;

import io.dsa.client.DsaClient;
import io.dsa.client.Volume;

/**
 * A connection of {@code dsa bench} to its server, with the volume open. Thread-safe.
 *
 * @param server its address, for messages
 */
record BenchSession(String server, DsaClient client, Volume volume) implements AutoCloseable {
  @Override
  public void close() {
    try (client) {
      volume.close();
    }
  }
}
