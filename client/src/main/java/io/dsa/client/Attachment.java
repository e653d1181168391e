package io.dsa.client;

import io.dsa.protocol.DurabilityMethod;
import io.dsa.protocol.InstanceId;
import java.util.Optional;
import java.util.UUID;

/**
 * One opening of a volume on its server. Where the connection is lost, another takes its place.
 * Thread-safe. Every method but {@link #close} may throw {@link DsaException}.
 */
interface Attachment extends AutoCloseable {
  /** The run of the server that it was opened on: the write verifier. */
  InstanceId instance();

  /**
   * Whether what was written to an earlier run of the server is where it was, so that a flush here
   * makes it durable.
   */
  boolean continues(InstanceId earlier);

  /**
   * Whether the volume is open as by its only writer, and another writer has had it since this one
   * had it last.
   */
  boolean isTaken();

  /** Size of the volume. */
  long bytes();

  /** What no other volume ever has; empty where the server does not say. */
  Optional<UUID> id();

  /** How a flush is made durable; empty where the volume is volatile. */
  Optional<DurabilityMethod> durability();

  /** Data queues that the session may have at once. */
  int queueLimit();

  /** Opens a queue, which ends with this at the latest. */
  IoQueue openQueue(QueueOptions options);

  /**
   * Closes the queues, then tells the server, which lets nothing of this reach the volume more.
   * Idempotent.
   *
   * @return why the server had revoked the volume by then; empty where it had not, or does not say
   */
  Optional<DsaException> leave();

  @Override
  default void close() {
    var _ = leave();
  }

  /** Opens the volume once more. */
  @FunctionalInterface
  interface Source {
    Attachment attach();
  }
}
