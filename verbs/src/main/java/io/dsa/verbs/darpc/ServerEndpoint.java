package io.dsa.verbs.darpc;

import com.ibm.darpc.DaRPCEndpoint;
import com.ibm.darpc.DaRPCMessage;
import com.ibm.disni.verbs.IbvMr;
import com.ibm.disni.verbs.IbvWC;
import com.ibm.disni.verbs.RdmaCmEvent;
import com.ibm.disni.verbs.RdmaCmId;
import com.ibm.disni.verbs.SVCRegMr;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The server's end of one connection. Requests are copied out of the receive buffers at once and
 * handed to the peer's thread, so the completion thread never waits for a service.
 */
final class ServerEndpoint extends DaRPCEndpoint<Message, Message> implements CompletionTarget {
  /** What a server wants to hear. Nothing here may block. */
  interface Listener {
    /** The connection stands; may come twice. */
    void established(ServerEndpoint endpoint);

    /** The connection is over or must be; may come often. */
    void ended(ServerEndpoint endpoint, String why, Throwable cause);

    /** The end has made some progress. */
    void quieter(ServerEndpoint endpoint);

    /** The service is done with the peer. */
    void gone(ServerEndpoint endpoint);

    /** The service knows who the peer is; may come often. */
    void known(ServerEndpoint endpoint);
  }

  private final RpcGroup<ServerEndpoint> rpcGroup;
  private final RpcLimits limits;
  private final Listener listener;
  private final Connection connection;
  private final PeerCalls calls;
  private final InetSocketAddress address;
  private final InetAddress host;
  private volatile boolean ready;
  private final AtomicBoolean ending = new AtomicBoolean();
  private final AtomicBoolean known = new AtomicBoolean();
  private volatile Future<?> timer = CompletableFuture.completedFuture(null);

  ServerEndpoint(
      RpcGroup<ServerEndpoint> group,
      RdmaCmId id,
      RpcLimits limits,
      Listener listener,
      RpcService service,
      long peerId)
      throws IOException {
    super(group, id, true);
    this.rpcGroup = group;
    this.limits = limits;
    this.listener = listener;
    this.connection = new Connection(id);
    this.access = IbvMr.IBV_ACCESS_LOCAL_WRITE;
    this.address =
        id.getDestination() instanceof InetSocketAddress known
            ? known
            : InetSocketAddress.createUnresolved("unknown", 0);
    this.host = RpcServer.hostOf(id);
    this.calls = new PeerCalls(peerId, address, limits, service, new Link());
  }

  /** Allocates, posts the receives and accepts: the connection stands when the event says so. */
  void accept() throws IOException {
    allocateResources();
    ready = true;
    idPriv.accept(rpcGroup.getConnParam());
  }

  private final class Link implements PeerCalls.Link {
    @Override
    public void reply(int ticket, byte[] reply) throws IOException {
      if (!sendMessage(new Message(limits.maxMessageBytes(), reply), ticket)) {
        throw new IOException("no send buffer, with a permit for one");
      }
    }

    @Override
    public void end(String why, Throwable cause) {
      listener.ended(ServerEndpoint.this, why, cause);
    }

    @Override
    public void gone() {
      listener.gone(ServerEndpoint.this);
    }

    @Override
    public void known() {
      listener.known(ServerEndpoint.this);
    }
  }

  /**
   * Called on DiSNI's event thread. DiSNI's own state is left alone: only its accept and close use
   * it.
   */
  @Override
  @SuppressWarnings("UnsynchronizedOverridesSynchronized") // must not wait for allocateResources
  public void dispatchCmEvent(RdmaCmEvent cmEvent) {
    try {
      CmEvents.Event event = CmEvents.of(cmEvent);
      if (event.type() == CmEvents.ESTABLISHED) {
        connection.established();
        listener.established(this);
      } else if (event.isEnd()) {
        connection.ended();
        listener.ended(this, event.describe(), null);
        listener.quieter(this);
      }
    } catch (Throwable e) {
      // The thread serves the others too.
      fail(e);
    }
  }

  @Override
  public void complete(IbvWC completion) throws IOException {
    connection.completed();
    if (ending.get()) {
      listener.quieter(this);
    } else if (completion.getStatus() != 0) {
      listener.ended(this, "completion status " + completion.getStatus(), null);
    } else if (ready) {
      dispatchCqEvent(completion);
    }
  }

  @Override
  public void dispatchReceive(ByteBuffer buffer, int ticket, int recvIndex) throws IOException {
    byte[] request = Message.read(buffer, limits.maxMessageBytes());
    if (request == null) {
      throw new IOException("malformed message");
    }
    postRecv(recvIndex);
    // A request can overtake the event that says that the connection stands.
    connection.established();
    listener.established(this);
    calls.add(ticket, request);
  }

  @Override
  public void dispatchSend(int ticket) throws IOException {
    freeSend(ticket);
    calls.sent();
  }

  @Override
  public void fail(Throwable cause) {
    listener.ended(this, String.valueOf(cause.getMessage()), cause);
  }

  /**
   * From now on no more requests are taken; completions are only counted. True for the one caller
   * that comes first and has to see to the end.
   */
  boolean beginEnd() {
    return ending.compareAndSet(false, true);
  }

  /** True for the one caller that is first to say that it is a stranger no more. */
  boolean becomeKnown() {
    return known.compareAndSet(false, true);
  }

  boolean isEnding() {
    return ending.get();
  }

  @Override
  public synchronized void init() throws IOException {
    connection.posted(rpcGroup.recvQueueSize());
    super.init();
  }

  @Override
  protected void postRecv(int index) throws IOException {
    connection.receive(() -> super.postRecv(index));
  }

  @Override
  protected boolean sendMessage(DaRPCMessage message, int ticket) throws IOException {
    connection.posted(1);
    boolean sent = super.sendMessage(message, ticket);
    if (!sent) {
      connection.posted(-1);
    }
    return sent;
  }

  @Override
  public SVCRegMr registerMemory(ByteBuffer buffer) throws IOException {
    return connection.registering(buffer, super.registerMemory(buffer));
  }

  /**
   * The one thing that is to happen later; without it, the timer would keep the endpoint's memory.
   */
  void timer(Future<?> next) {
    timer.cancel(false);
    timer = next;
  }

  Connection connection() {
    return connection;
  }

  PeerCalls calls() {
    return calls;
  }

  InetAddress host() {
    return host;
  }

  InetSocketAddress address() {
    return address;
  }

  /**
   * Not DiSNI's way, which leaks or fails on everything but an established connection. Idempotent.
   */
  @Override
  @SuppressWarnings("UnsynchronizedOverridesSynchronized") // would wait for allocateResources
  public void close() {
    connection.disconnect();
    rpcGroup.release(this, connection);
  }
}
