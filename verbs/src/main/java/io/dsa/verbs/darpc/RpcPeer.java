package io.dsa.verbs.darpc;

import java.net.InetSocketAddress;

/** One client as its server sees it. Every method may be called from every thread. */
public interface RpcPeer {
  /** Unique among the peers that this server has had. */
  long id();

  /** The client's address. */
  InetSocketAddress address();

  /**
   * The service has found out who this is: it no longer counts among the strangers of its host
   * ({@link RpcLimits#maxStrangersPerHost}). Idempotent.
   */
  void known();

  /**
   * Begins to end the connection and returns; {@link RpcService#closed} follows. Called from within
   * {@link RpcService#call} for this peer, the reply is delivered first, so that it can say why.
   * Idempotent.
   */
  void close();
}
