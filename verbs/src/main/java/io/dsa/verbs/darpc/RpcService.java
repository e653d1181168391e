package io.dsa.verbs.darpc;

/**
 * What a server does with its clients' calls. Each peer has a thread of its own that makes all
 * three calls, in order; different peers are served in parallel.
 */
public interface RpcService {
  /** A client connected. Comes before its first call; a throw closes this peer. */
  void opened(RpcPeer peer);

  /**
   * Answers one request.
   *
   * @return the reply, not null, at most {@link RpcLimits#maxMessageBytes()} long
   *     <p>A throw (logged), null or a longer reply closes this peer and no other.
   */
  byte[] call(RpcPeer peer, byte[] request);

  /**
   * The connection is over, whatever ended it. Comes exactly once for each {@link #opened}, after
   * the last call has returned. A call that is under way when the connection ends is not
   * interrupted; its reply is dropped.
   */
  void closed(RpcPeer peer);

  /**
   * The server cannot go on, because its device was removed or its events are lost: it takes no
   * more connections and closes itself. Comes at most once, on a thread of its own; not after
   * {@link RpcServer#close}.
   */
  default void failed(RpcException why) {}
}
