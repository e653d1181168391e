package io.dsa.cli;

import io.dsa.client.RegisteredBuffer;
import io.dsa.client.Volume;
import io.dsa.protocol.InstanceId;

/**
 * What {@code dsa bench} has of its server while it is connected to it, with the volume open.
 * Thread-safe.
 */
interface BenchSession extends AutoCloseable {
  /** The server's address, for messages. */
  String server();

  /** This run of the server. */
  InstanceId instance();

  Volume volume();

  /** Memory that queues of the volume can move data to and from. */
  RegisteredBuffer allocate(long bytes);

  @Override
  void close();
}
