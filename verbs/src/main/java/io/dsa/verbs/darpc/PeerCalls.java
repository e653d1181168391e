package io.dsa.verbs.darpc;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One peer's requests on their way through the service: a queue, and the virtual thread that
 * empties it. Knows no device, only how to send a reply.
 */
final class PeerCalls implements RpcPeer {
  /** The connection below. Nothing here may block. */
  interface Link {
    /** Sends the reply to the request with this ticket. */
    void reply(int ticket, byte[] reply) throws IOException;

    /** Ends the connection. */
    void end(String why, Throwable cause);

    /** The service knows who it is. */
    void known();

    /** The service has returned from {@link RpcService#closed}. */
    void gone();
  }

  private static final class Request {
    final int ticket;
    final byte[] payload;

    Request(int ticket, byte[] payload) {
      this.ticket = ticket;
      this.payload = payload;
    }
  }

  private static final Logger LOGGER = LoggerFactory.getLogger(PeerCalls.class);

  private static final long LAST_REPLY_MILLIS = 1_000;

  /** Behind the last request. */
  private static final Request END = new Request(0, new byte[0]);

  private final long id;
  private final InetSocketAddress address;
  private final RpcLimits limits;
  private final RpcService service;
  private final Link link;
  private final LinkedBlockingQueue<Request> requests = new LinkedBlockingQueue<>();
  private final AtomicInteger unanswered = new AtomicInteger();
  private final Semaphore sendBuffers;
  private final AtomicBoolean started = new AtomicBoolean();
  private final CountDownLatch done = new CountDownLatch(1);
  private volatile boolean ended;
  private volatile boolean closeAfterReply;
  private volatile Thread thread;

  PeerCalls(long id, InetSocketAddress address, RpcLimits limits, RpcService service, Link link) {
    this.id = id;
    this.address = address;
    this.limits = limits;
    this.service = service;
    this.link = link;
    this.sendBuffers = new Semaphore(limits.pipelineDepth());
  }

  /** Starts the peer's thread, and with it the peer's life. Idempotent. */
  void start() {
    if (started.compareAndSet(false, true)) {
      // A service may be long in native code, which would keep a virtual thread's carrier from all
      // others.
      thread = Thread.ofPlatform().daemon().name("dsa-rpc-peer-" + id).unstarted(this::run);
      thread.start();
    }
  }

  /** Queues a request; throws when the peer has sent more than it may. */
  void add(int ticket, byte[] payload) throws IOException {
    if (unanswered.incrementAndGet() > limits.pipelineDepth()) {
      throw new IOException(
          "more than " + limits.pipelineDepth() + " calls under way, against the limits");
    }
    requests.add(new Request(ticket, payload));
  }

  /** A reply has left its send buffer. */
  void sent() {
    sendBuffers.release();
  }

  /**
   * The connection is over: the call under way may end, those behind it are dropped. Idempotent.
   */
  void end() {
    ended = true;
    requests.add(END);
    sendBuffers.release(limits.pipelineDepth());
  }

  /** Waits until {@link RpcService#closed} has returned. True when it has, or was never due. */
  boolean awaitDone(long millis) throws InterruptedException {
    return !started.get()
        || Thread.currentThread() == thread
        || done.await(millis, TimeUnit.MILLISECONDS);
  }

  private void run() {
    try {
      service.opened(this);
      if (closeAfterReply) {
        return;
      }
      for (Request request = requests.take(); !ended; request = requests.take()) {
        answer(request);
        if (closeAfterReply) {
          // All of them back means that the peer's device has acknowledged the reply.
          var _ =
              sendBuffers.tryAcquire(
                  limits.pipelineDepth(), LAST_REPLY_MILLIS, TimeUnit.MILLISECONDS);
          break;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Throwable e) {
      // Not only exceptions: an assertion that fails in one peer's call must not leave it half
      // open.
      if (!ended) {
        LOGGER.warn("peer {} at {} is closed: its call failed", id, address, e);
      }
    } finally {
      link.end("the service is done with it", null);
      try {
        service.closed(this);
      } catch (RuntimeException | Error e) {
        LOGGER.warn("closed() of peer {} at {} failed", id, address, e);
      } finally {
        link.gone();
        done.countDown();
      }
    }
  }

  private void answer(Request request) throws InterruptedException, IOException {
    byte[] reply = service.call(this, request.payload);
    if (reply == null || reply.length > limits.maxMessageBytes()) {
      throw new IllegalStateException(
          reply == null
              ? "the service returned null"
              : "a reply of " + reply.length + " bytes, at most " + limits.maxMessageBytes());
    }
    sendBuffers.acquire();
    // Before the send: the peer may answer the reply with its next request at once.
    unanswered.decrementAndGet();
    if (!ended) {
      link.reply(request.ticket, reply);
    }
  }

  @Override
  public long id() {
    return id;
  }

  @Override
  public InetSocketAddress address() {
    return address;
  }

  @Override
  public void known() {
    link.known();
  }

  @Override
  public void close() {
    if (Thread.currentThread() == thread) {
      closeAfterReply = true;
    } else {
      link.end("closed by the service", null);
    }
  }

  @Override
  public String toString() {
    return "RpcPeer[" + id + ", " + address + "]";
  }
}
