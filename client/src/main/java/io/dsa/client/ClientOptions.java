package io.dsa.client;

import io.dsa.protocol.DurabilityMethod;
import java.time.Duration;
import java.util.Optional;

/**
 * What a client may choose. Immutable.
 *
 * @param name for the server's logs and listings; proves nothing
 * @param timeout for each control request and each connection
 * @param durability how flushes are to be made durable, where not the best that both ends have
 * @param credentials who the client is; without any, it can use servers only that authenticate
 *     nobody, and with some, only servers that prove themselves
 */
public record ClientOptions(
    String name,
    Duration timeout,
    Optional<DurabilityMethod> durability,
    Optional<Credentials> credentials) {

  public ClientOptions {
    if (timeout.isNegative() || timeout.isZero()) {
      throw new IllegalArgumentException("the time-out must be positive, not " + timeout);
    }
  }

  /**
   * Five seconds, the best durability method there is, the process's number as the name, and no
   * credentials.
   */
  public static ClientOptions defaults() {
    return new ClientOptions(
        "pid-" + ProcessHandle.current().pid(),
        Duration.ofSeconds(5),
        Optional.empty(),
        Optional.empty());
  }

  public ClientOptions withName(String newName) {
    return new ClientOptions(newName, timeout, durability, credentials);
  }

  public ClientOptions withTimeout(Duration newTimeout) {
    return new ClientOptions(name, newTimeout, durability, credentials);
  }

  public ClientOptions withDurability(DurabilityMethod method) {
    return new ClientOptions(name, timeout, Optional.of(method), credentials);
  }

  /** Says who the client is, at every session that it begins. */
  public ClientOptions withCredentials(Credentials known) {
    return new ClientOptions(name, timeout, durability, Optional.of(known));
  }
}
