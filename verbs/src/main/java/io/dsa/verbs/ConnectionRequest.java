package io.dsa.verbs;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** A peer that wants a connection. Valid only within {@link ConnectionHandler#requested}. */
public final class ConnectionRequest {
  private final ConnectionManager manager;
  private final ConnectionHandler handler;
  private final long cmId;
  private final byte[] privateData;
  private boolean answered;

  ConnectionRequest(
      ConnectionManager manager, ConnectionHandler handler, long cmId, byte[] privateData) {
    this.manager = manager;
    this.handler = handler;
    this.cmId = cmId;
    this.privateData = privateData;
  }

  /** What the peer sent along: 56 bytes, padded with zeros. */
  public byte[] privateData() {
    return privateData.clone();
  }

  /**
   * Makes the queue pair and accepts. {@link ConnectionHandler#established} follows, or {@link
   * ConnectionHandler#disconnected}.
   *
   * @param attachment what the handler finds again with the queue pair
   * @throws VerbsException when this end lacks the resources, which the peer is told
   */
  public QueuePair accept(QueuePairOptions options, Object attachment) {
    answered = true;
    QueuePair queuePair = null;
    try (Arena arena = Arena.ofConfined()) {
      queuePair = manager.adopt(cmId, handler);
      queuePair.attach(attachment);
      queuePair.create(options);
      Native.check(
          "accept a connection",
          Native.accept(cmId, ConnectionParameters.allocate(arena, new byte[0])));
      return queuePair;
    } catch (RuntimeException e) {
      tell(Refusal.NO_RESOURCES.toBytes());
      if (queuePair != null) {
        queuePair.close();
      } else {
        Native.destroyId(cmId);
      }
      throw e;
    }
  }

  /** As {@link #reject(byte[])}, for a reason that every client knows. */
  public void reject(Refusal why) {
    reject(why.toBytes());
  }

  /**
   * Refuses; the peer sees {@link ConnectException.Reason#REFUSED} and these bytes. Does nothing
   * once the request is answered.
   */
  public void reject(byte[] reason) {
    if (answered) {
      return;
    }
    answered = true;
    try {
      tell(reason);
    } finally {
      Native.destroyId(cmId);
    }
  }

  /** Should this fail, destroying the id rejects without a reason. */
  private void tell(byte[] reason) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment data = arena.allocate(Math.max(1, reason.length));
      MemorySegment.copy(reason, 0, data, ValueLayout.JAVA_BYTE, 0, reason.length);
      Native.reject(cmId, data.asSlice(0, reason.length));
    }
  }
}
