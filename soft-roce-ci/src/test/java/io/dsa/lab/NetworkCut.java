package io.dsa.lab;

import java.io.IOException;

/**
 * A network that carries nothing to or from the tests' host: both ends have their links, as where a
 * switch between them has failed. Within the host, everything goes on. For a lab of several hosts,
 * whose bridge stops forwarding.
 */
public final class NetworkCut implements AutoCloseable {
  private static final String DISABLED = "0";
  private static final String FORWARDING = "3";

  /** The bridge's port toward host1, in the guest's own network namespace (guest/network.sh). */
  private static final String PORT = "host1";

  private NetworkCut() {}

  public static NetworkCut begin() throws IOException {
    state(DISABLED);
    return new NetworkCut();
  }

  /** Lets the network carry again. Idempotent. */
  public void mend() throws IOException {
    state(FORWARDING);
  }

  /** As {@link #mend}. */
  @Override
  public void close() throws IOException {
    mend();
  }

  private static void state(String state) throws IOException {
    int status =
        new ProcessBuilder(
                "nsenter",
                "--net=/proc/1/ns/net",
                "bridge",
                "link",
                "set",
                "dev",
                PORT,
                "state",
                state)
            .inheritIO()
            .start()
            .onExit()
            .join()
            .exitValue();
    if (status != 0) {
      throw new IllegalStateException("bridge link set: status " + status);
    }
  }
}
