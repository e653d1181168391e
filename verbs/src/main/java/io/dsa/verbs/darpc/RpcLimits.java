package io.dsa.verbs.darpc;

/**
 * The sizes of a transport. Immutable.
 *
 * @param maxMessageBytes longest request or reply, 64 bytes to 1 MiB; the same on both ends
 * @param pipelineDepth calls of one client under way at a time, 1 to 256; the server's not below
 *     its clients'
 * @param maxConnections clients of a server at a time, 1 to 16384; a client ignores it
 */
public record RpcLimits(int maxMessageBytes, int pipelineDepth, int maxConnections) {
  private static final RpcLimits DEFAULTS = new RpcLimits(4096, 8, 256);

  public RpcLimits {
    inRange("maxMessageBytes", maxMessageBytes, 64, 1 << 20);
    inRange("pipelineDepth", pipelineDepth, 1, 256);
    inRange("maxConnections", maxConnections, 1, 1 << 14);
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
