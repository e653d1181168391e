package io.dsa.client;

import java.net.InetSocketAddress;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The client's way to the server: a session, and the next one when that has ended. Thread-safe.
 *
 * <p>A session is replaced only when somebody asks for one, so that a client that is left alone
 * does nothing.
 */
final class ControlLink implements AutoCloseable {
  private final InetSocketAddress server;
  private final ClientOptions options;

  /** Held while connecting; never by {@link #close}. */
  private final ReentrantLock connecting = new ReentrantLock();

  private volatile ControlSession session;
  private volatile boolean closed;

  private ControlLink(InetSocketAddress server, ClientOptions options, ControlSession session) {
    this.server = server;
    this.options = options;
    this.session = session;
  }

  static ControlLink open(InetSocketAddress server, ClientOptions options) {
    return new ControlLink(server, options, ControlSession.open(server, options));
  }

  /** The latest session, whether it still stands or not. */
  ControlSession latest() {
    return session;
  }

  /** A session that stands, as far as this end knows. */
  ControlSession session() {
    ControlSession current = session;
    return current.isOpen() ? current : connect();
  }

  private ControlSession connect() {
    connecting.lock();
    try {
      if (session.isOpen()) {
        return session;
      }
      checkOpen();
      ControlSession made = ControlSession.open(server, options);
      session = made;
      if (closed) {
        made.close();
        checkOpen();
      }
      return made;
    } finally {
      connecting.unlock();
    }
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException("the client is closed");
    }
  }

  @Override
  public void close() {
    closed = true;
    session.close();
  }
}
