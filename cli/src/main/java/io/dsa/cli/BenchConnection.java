package io.dsa.cli;

import io.dsa.client.DsaClient;
import io.dsa.client.RegisteredBuffer;
import io.dsa.client.Volume;
import io.dsa.protocol.InstanceId;

/** A session over a client of its own, which it closes. Thread-safe. */
record BenchConnection(String server, DsaClient client, Volume volume) implements BenchSession {
  @Override
  public InstanceId instance() {
    return client.serverInstance();
  }

  @Override
  public RegisteredBuffer allocate(long bytes) {
    return client.allocate(bytes);
  }

  @Override
  public void close() {
    try (client) {
      volume.close();
    }
  }
}
