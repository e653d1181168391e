package io.dsa.verbs.darpc;

import com.ibm.darpc.DaRPCClientEndpoint;
import com.ibm.darpc.DaRPCMessage;
import com.ibm.darpc.DaRPCStream;
import com.ibm.disni.verbs.IbvMr;
import com.ibm.disni.verbs.IbvWC;
import com.ibm.disni.verbs.RdmaCmEvent;
import com.ibm.disni.verbs.RdmaCmId;
import com.ibm.disni.verbs.SVCRegMr;
import io.dsa.verbs.AddressResolution;
import io.dsa.verbs.darpc.RpcException.Reason;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * The client's end of a connection: DaRPC's tickets, futures and buffers, with waits that end and
 * with no polling by callers. A caller must hold a slot of {@link CallSlots}, of which there are as
 * many as send buffers: so DaRPC never finds them all taken, which would make it spin.
 */
final class ClientEndpoint extends DaRPCClientEndpoint<Message, Message>
    implements CompletionTarget {
  /** What a client wants to hear. Nothing here may block. */
  interface Listener {
    /** The send buffer and the ticket of one call are free. */
    void slotFreed();

    /** The connection is ending: it is over soon, or after a moment at most. */
    void ending(String why);

    /** The connection is over. */
    void ended(Reason reason, String why, Throwable cause);
  }

  private static final long MAX_RESOLVE_NANOS = TimeUnit.SECONDS.toNanos(3);

  private final RpcGroup<ClientEndpoint> rpcGroup;
  private final RpcLimits limits;
  private final Listener listener;
  private final Connection connection;
  private final BlockingQueue<CmEvents.Event> connecting = new LinkedBlockingQueue<>();
  private final DaRPCStream<Message, Message> stream;
  private volatile boolean ready;
  private volatile boolean connected;
  private volatile String farewell;

  ClientEndpoint(RpcGroup<ClientEndpoint> group, RdmaCmId id, RpcLimits limits, Listener listener)
      throws IOException {
    super(group, id, false);
    this.rpcGroup = group;
    this.limits = limits;
    this.listener = listener;
    this.connection = new Connection(id);
    this.stream = createStream();
    this.access = IbvMr.IBV_ACCESS_LOCAL_WRITE;
  }

  /** Connects, or throws within the time given; then the endpoint is to be closed. */
  void connect(InetSocketAddress server, long deadlineNanos) throws InterruptedException {
    try {
      resolve(server, deadlineNanos);
      idPriv.resolveRoute(millisUntil(deadlineNanos));
      require(CmEvents.ROUTE_RESOLVED, next(server, "find a route", deadlineNanos), server);
      allocateResources();
      ready = true;
      idPriv.connect(rpcGroup.getConnParam());
      require(CmEvents.ESTABLISHED, next(server, "connect", deadlineNanos), server);
    } catch (IOException e) {
      throw SystemFailure.of(e).asException("cannot connect to " + text(server), e);
    }
  }

  /** Takes less than all of the time, so that the kernel can say what is wrong. */
  private void resolve(InetSocketAddress server, long deadlineNanos)
      throws IOException, InterruptedException {
    long now = System.nanoTime();
    long limit = now + Math.min((deadlineNanos - now) / 4 * 3, MAX_RESOLVE_NANOS);
    CmEvents.Event event;
    do {
      idPriv.resolveAddr(null, server, AddressResolution.STEP_MILLIS);
      event = next(server, "resolve the address", deadlineNanos);
    } while (event.type() == CmEvents.ADDR_ERROR
        && AddressResolution.goesOn(event.status(), limit));
    require(CmEvents.ADDR_RESOLVED, event, server);
  }

  private CmEvents.Event next(InetSocketAddress server, String what, long deadlineNanos)
      throws InterruptedException {
    CmEvents.Event event =
        connecting.poll(Math.max(0, deadlineNanos - System.nanoTime()), TimeUnit.NANOSECONDS);
    if (event == null) {
      throw new RpcException(
          Reason.TIMED_OUT,
          "cannot connect to " + text(server) + ": no answer in time (to " + what + ")");
    }
    return event;
  }

  private static void require(int expected, CmEvents.Event event, InetSocketAddress server) {
    if (event.type() != expected) {
      Reason reason = event.isEnd() ? event.reason() : Reason.FAILED;
      throw new RpcException(reason, "cannot connect to " + text(server) + ": " + event.describe());
    }
  }

  private static int millisUntil(long deadlineNanos) {
    return Math.clamp(
        TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime()), 1, Integer.MAX_VALUE);
  }

  static String text(InetSocketAddress address) {
    return address.getHostString() + ":" + address.getPort();
  }

  /**
   * Sends a request; {@code reply} is updated on the completion thread. The caller holds a slot.
   */
  void request(byte[] request, Message reply) throws IOException {
    var _ = stream.request(new Message(limits.maxMessageBytes(), request), reply, false);
  }

  /**
   * Called on DiSNI's event thread. DiSNI's own state is left alone: only its connect and close use
   * it.
   */
  @Override
  @SuppressWarnings("UnsynchronizedOverridesSynchronized") // must not wait for allocateResources
  public void dispatchCmEvent(RdmaCmEvent cmEvent) {
    try {
      happened(CmEvents.of(cmEvent));
    } catch (Throwable e) {
      fail(e);
    }
  }

  private void happened(CmEvents.Event event) {
    if (event.type() == CmEvents.ESTABLISHED) {
      connected = true;
      connection.established();
    }
    if (event.isEnd()) {
      connection.ended();
    }
    if (event.isEnd() && connected) {
      // Replies may have arrived that were not taken off the device yet. This makes it give back
      // the receive buffers after them,
      // and the first of those ends the connection; the listener's timer does if none comes.
      farewell = event.describe();
      connection.disconnect();
      listener.ending(farewell);
    }
    if (event.isEnd()
        || event.type() <= CmEvents.ROUTE_ERROR
        || event.type() == CmEvents.ESTABLISHED) {
      connecting.add(event);
    }
  }

  @Override
  public void complete(IbvWC completion) throws IOException {
    connection.completed();
    if (completion.getStatus() != 0) {
      if (farewell != null) {
        listener.ended(Reason.DISCONNECTED, farewell, null);
      } else if (connected) {
        fail(new IOException("completion status " + completion.getStatus()));
      }
      // Otherwise the attempt to connect has failed, which flushes the receives too. Why it has,
      // only the event says, which may be behind: to end here would destroy what it is about.
    } else if (ready) {
      dispatchCqEvent(completion);
    }
  }

  @Override
  public void fail(Throwable cause) {
    listener.ended(Reason.DISCONNECTED, "the connection broke: " + cause.getMessage(), cause);
  }

  @Override
  public void freeSend(int ticket) throws IOException {
    super.freeSend(ticket);
    listener.slotFreed();
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

  Connection connection() {
    return connection;
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
