package io.dsa.verbs.darpc;

/**
 * The sizes of a transport. Immutable.
 *
 * @param maxMessageBytes longest request or reply, 64 bytes to 1 MiB; the same on both ends
 * @param pipelineDepth calls of one client under way at a time, 1 to 256; the server's not below
 *     its clients'
 * @param maxConnections clients of a server at a time, 1 to 16384; a client ignores it
 * @param maxStrangersPerHost of those, how many from one address may stand whom the service has not
 *     said it knows ({@link RpcPeer#known}), 1 to maxConnections: so that a host that connects and
 *     proves nothing leaves room for the others
 */
public record RpcLimits(
    int maxMessageBytes, int pipelineDepth, int maxConnections, int maxStrangersPerHost) {
  private static final RpcLimits DEFAULTS = new RpcLimits(4096, 8, 256);

  public RpcLimits {
    inRange("maxMessageBytes", maxMessageBytes, 64, 1 << 20);
    inRange("pipelineDepth", pipelineDepth, 1, 256);
    inRange("maxConnections", maxConnections, 1, 1 << 14);
    inRange("maxStrangersPerHost", maxStrangersPerHost, 1, maxConnections);
  }

  /** With no bound of its own on strangers. */
  public RpcLimits(int maxMessageBytes, int pipelineDepth, int maxConnections) {
    this(maxMessageBytes, pipelineDepth, maxConnections, Math.max(1, maxConnections));
  }

  /** Messages of 4096 bytes, 8 calls under way, 256 connections. */
  public static RpcLimits defaults() {
    return DEFAULTS;
  }

  /** Completions that one connection can have outstanding: its sends and its receives. */
  int completionsPerConnection() {
    return 2 * pipelineDepth;
  }

  private static void inRange(String name, int value, int low, int high) {
    if (value < low || value > high) {
      throw new IllegalArgumentException(
          name + " is " + value + ", not within " + low + " to " + high);
    }
  }
}
