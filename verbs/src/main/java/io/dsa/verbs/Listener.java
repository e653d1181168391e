package io.dsa.verbs;

import java.net.InetSocketAddress;

/** A port on which connections are taken, until it is closed. Thread-safe. */
public final class Listener implements AutoCloseable {
  private final ConnectionManager manager;
  private final long cmId;
  private final InetSocketAddress address;
  private final ConnectionHandler handler;

  Listener(
      ConnectionManager manager, long cmId, InetSocketAddress address, ConnectionHandler handler) {
    this.manager = manager;
    this.cmId = cmId;
    this.address = address;
    this.handler = handler;
  }

  /** The address with the port that was taken, where 0 was asked for. */
  public InetSocketAddress address() {
    return address;
  }

  long cmId() {
    return cmId;
  }

  ConnectionHandler handler() {
    return handler;
  }

  /** Takes no more connections; those that stand stay. */
  @Override
  public void close() {
    manager.forget(this);
  }
}
