package io.dsa.verbs.darpc;

import com.ibm.disni.RdmaEndpointFactory;
import com.ibm.disni.RdmaServerEndpoint;
import com.ibm.disni.verbs.IbvContext;
import com.ibm.disni.verbs.RdmaCmEvent;
import com.ibm.disni.verbs.RdmaCmId;
import io.dsa.verbs.Refusal;
import io.dsa.verbs.Seldom;
import io.dsa.verbs.darpc.RpcException.Reason;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A listener and its connections. Every method may be called from every thread.
 *
 * <p>Inside: DiSNI's event thread admits or refuses requests and notices ends; the completion
 * thread takes requests off the device; the keeper thread accepts, and buries what has ended. Each
 * endpoint goes from admitted to established to ending to released, and never back.
 */
public final class RpcServer implements AutoCloseable {
  private static final Logger LOGGER = LoggerFactory.getLogger(RpcServer.class);
  private static final Future<?> DONE = CompletableFuture.completedFuture(null);
  private static final int MAX_BACKLOG = 128;
  private static final Duration BETWEEN_NEWS = Duration.ofSeconds(1);
  private static final long ESTABLISH_MILLIS = 5_000;
  private static final long QUIET_MILLIS = 1_000;
  private static final long KEEPER_MILLIS = 1_000;
  private static final long CLOSE_NANOS = TimeUnit.MILLISECONDS.toNanos(2_000);

  private final RpcLimits limits;
  private final RpcService service;
  private final RpcGroup<ServerEndpoint> group;
  private final Set<ServerEndpoint> endpoints = ConcurrentHashMap.newKeySet();
  private final Set<PeerCalls> peers = ConcurrentHashMap.newKeySet();
  private final AtomicInteger admitted = new AtomicInteger();
  private final Strangers strangers;
  private final AtomicLong peerIds = new AtomicLong();
  private final AtomicBoolean closing = new AtomicBoolean();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final ScheduledThreadPoolExecutor keeper;
  private final Events events = new Events();

  /** Whoever reaches the port can be refused, and give up, as often as he likes. */
  private final Seldom refusals = new Seldom(BETWEEN_NEWS, System::nanoTime);

  private final Seldom failures = new Seldom(BETWEEN_NEWS, System::nanoTime);
  private final Seldom defects = new Seldom(BETWEEN_NEWS, System::nanoTime);
  private volatile CountDownLatch drained;
  private volatile RpcException failure;
  private volatile Listener listener;
  private volatile InetSocketAddress address;

  private RpcServer(RpcLimits limits, RpcService service, RpcGroup<ServerEndpoint> group) {
    this.limits = limits;
    this.service = service;
    this.group = group;
    strangers = new Strangers(limits.maxStrangersPerHost());
    keeper =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("dsa-rpc-keeper").factory());
    keeper.setRemoveOnCancelPolicy(true);
    keeper.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  /**
   * Listens.
   *
   * @param address one IPv4 address that an RDMA device has, not the wildcard; port 0 takes a free
   *     one
   * @throws RpcException naming the address and why not; nothing is left behind
   */
  public static RpcServer listen(InetSocketAddress address, RpcLimits limits, RpcService service) {
    Objects.requireNonNull(limits, "limits");
    Objects.requireNonNull(service, "service");
    String what = "cannot listen on " + ClientEndpoint.text(address);
    IpAddress.require(address, what);
    if (address.getAddress().isAnyLocalAddress()) {
      throw new RpcException(
          Reason.FAILED, what + ": name the address of an RDMA device, not the wildcard");
    }
    RpcServer server =
        new RpcServer(limits, service, RpcClient.group(limits, limits.maxConnections(), what));
    try {
      server.open(address);
      return server;
    } catch (IOException | RuntimeException e) {
      server.close();
      throw SystemFailure.of(e).asException(what, e);
    }
  }

  private void open(InetSocketAddress wanted) throws IOException {
    RdmaEndpointFactory<ServerEndpoint> factory =
        (id, serverSide) ->
            new ServerEndpoint(group, id, limits, events, service, peerIds.incrementAndGet());
    address = wanted;
    listener = group.startListener(factory, id -> new Listener(group, id));
    group.onFailure(this::fail);
    RdmaCmId id = listener.getIdPriv();
    id.bindAddr(wanted);
    IbvContext device = id.getVerbs();
    if (device == null) {
      throw new IOException("no RDMA device has this address (errno 19)");
    }
    group.prepare(device);
    if (id.getSource() instanceof InetSocketAddress bound) {
      address = bound;
    }
    id.listen(Math.min(limits.maxConnections(), MAX_BACKLOG));
  }

  /** Where it listens, the port included if it was left open. */
  public InetSocketAddress localAddress() {
    return address;
  }

  /** Connections that hold resources: those that are being set up or taken down included. */
  public int connections() {
    return admitted.get();
  }

  /**
   * Ends every connection and stops listening; waits at most about two seconds for resources to be
   * freed and for {@link RpcService#closed} to return. Calls under way are not interrupted.
   * Idempotent.
   */
  @Override
  public void close() {
    if (!closing.compareAndSet(false, true)) {
      try {
        if (!closed.await(2 * CLOSE_NANOS, TimeUnit.NANOSECONDS)) {
          LOGGER.warn("the listener on {} takes long to close", address);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return;
    }
    boolean interrupted = false;
    long limit = System.nanoTime() + CLOSE_NANOS;
    if (listener != null) {
      listener.destroy();
    }
    drained = new CountDownLatch(1);
    for (ServerEndpoint endpoint : endpoints) {
      events.ended(endpoint, "the server closes", null);
    }
    noteDrained();
    try {
      if (!drained.await(limit - System.nanoTime(), TimeUnit.NANOSECONDS)) {
        LOGGER.warn("{} connections on {} are not free yet", admitted.get(), address);
      }
      for (PeerCalls peer : peers) {
        long left = TimeUnit.NANOSECONDS.toMillis(limit - System.nanoTime());
        if (!peer.awaitDone(Math.max(0, left))) {
          LOGGER.warn("{} is still inside the service", peer);
        }
      }
    } catch (InterruptedException e) {
      interrupted = true;
    }
    interrupted |= !stopKeeper();
    try {
      buryAll();
      group.shutdown();
      // Now that no event comes any more: what was admitted while the others were buried.
      buryAll();
    } finally {
      closed.countDown();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Waits for what the keeper is doing, which may be to make what is to be freed next. False when
   * interrupted.
   */
  private boolean stopKeeper() {
    keeper.shutdownNow();
    try {
      if (!keeper.awaitTermination(KEEPER_MILLIS, TimeUnit.MILLISECONDS)) {
        LOGGER.warn("the keeper of {} takes long", address);
      }
      return true;
    } catch (InterruptedException e) {
      return false;
    }
  }

  private void buryAll() {
    for (ServerEndpoint endpoint : endpoints) {
      try {
        bury(endpoint, true);
      } catch (RuntimeException | Error e) {
        LOGGER.error("{} could not be freed", endpoint.address(), e);
      }
    }
  }

  /** Called at most once, on a thread that must not wait for the close. */
  private void fail(Throwable cause) {
    if (closing.get()) {
      return;
    }
    RpcException why =
        new RpcException(
            Reason.FAILED,
            "the listener on "
                + ClientEndpoint.text(address)
                + " cannot go on: "
                + cause.getMessage(),
            cause);
    failure = why;
    LOGGER.error("{}", why.getMessage());
    LOGGER.debug("why it cannot go on", cause);
    Thread.ofPlatform()
        .daemon()
        .name("dsa-rpc-failed")
        .start(() -> {
          try {
            service.failed(why);
          } finally {
            close();
          }
        });
  }

  /** One connection less. */
  private void leave() {
    admitted.decrementAndGet();
    noteDrained();
  }

  private void noteDrained() {
    CountDownLatch latch = drained;
    if (latch != null && admitted.get() == 0) {
      latch.countDown();
    }
  }

  private Future<?> keep(Runnable task, long delayMillis) {
    Runnable guarded =
        () -> {
          try {
            task.run();
          } catch (RuntimeException | Error e) {
            LOGGER.error("the keeper of {} failed", address, e);
          }
        };
    try {
      return keeper.schedule(guarded, delayMillis, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      LOGGER.debug("closed meanwhile");
      return DONE;
    }
  }

  /**
   * On DiSNI's event thread: takes the request or refuses it. Refusing costs nothing but the id.
   */
  private void admit(RdmaCmId id) throws IOException {
    // Counted before the look at closing: who closes then either waits for this one, or is seen.
    int count = admitted.incrementAndGet();
    if (closing.get() || failure != null) {
      leave();
      refuse(id, Refusal.CLOSING);
      return;
    }
    if (count > limits.maxConnections()) {
      leave();
      sayRefused(limits.maxConnections() + " stand, the limit");
      refuse(id, Refusal.FULL);
      return;
    }
    InetAddress host = hostOf(id);
    if (!strangers.enter(host)) {
      leave();
      sayRefused(
          limits.maxStrangersPerHost()
              + " of "
              + host.getHostAddress()
              + " have not said who they are, the limit");
      refuse(id, Refusal.FULL);
      return;
    }
    ServerEndpoint endpoint;
    try {
      endpoint = group.adopt(id);
    } catch (IOException | RuntimeException | Error e) {
      strangers.leave(host);
      leave();
      refuse(id, Refusal.NO_RESOURCES);
      throw e;
    }
    endpoints.add(endpoint);
    var _ = keep(() -> accept(endpoint), 0);
    if (closing.get()) {
      events.ended(endpoint, "the server closes", null);
    }
  }

  private void sayRefused(String why) {
    long times = refusals.happened();
    if (times == 1) {
      LOGGER.info("a connection is refused: {}", why);
    } else if (times > 1) {
      LOGGER.info("{} connections are refused, the last one since {}", times, why);
    }
  }

  /** Those whose address is unknown are one host. */
  static InetAddress hostOf(RdmaCmId id) {
    try {
      if (id.getDestination() instanceof InetSocketAddress known && known.getAddress() != null) {
        return known.getAddress();
      }
    } catch (IOException e) {
      LOGGER.debug("a connection from nowhere", e);
    }
    return InetAddress.getLoopbackAddress();
  }

  /** Destroying the id would refuse too, but say nothing of the reason. */
  private void refuse(RdmaCmId id, Refusal why) throws IOException {
    try {
      int errno = CmFunctions.reject(id, why);
      if (errno != 0) {
        LOGGER.debug("refused without a reason: errno {}", errno);
      }
    } finally {
      group.forget(id);
      id.destroyId();
    }
  }

  private void accept(ServerEndpoint endpoint) {
    if (endpoint.isEnding()) {
      return;
    }
    try {
      endpoint.accept();
      endpoint.timer(keep(() -> giveUp(endpoint), ESTABLISH_MILLIS));
    } catch (IOException | RuntimeException | Error e) {
      // A client that has given up meanwhile is one of the causes.
      sayNotAccepted(endpoint, e);
      LOGGER.debug("not accepted", e);
      // The end of the id would refuse too, but say nothing of the reason.
      int _ = CmFunctions.reject(endpoint.connection().id(), Refusal.NO_RESOURCES);
      events.ended(endpoint, "not accepted", e);
    }
  }

  private void giveUp(ServerEndpoint endpoint) {
    if (!peers.contains(endpoint.calls())) {
      events.ended(endpoint, "not established in time", null);
    }
  }

  private void sayNotAccepted(ServerEndpoint endpoint, Throwable cause) {
    long times = failures.happened();
    if (times == 1) {
      LOGGER.warn("{} cannot be accepted: {}", endpoint.address(), cause.getMessage());
    } else if (times > 1) {
      LOGGER.warn(
          "{} connections cannot be accepted, the last one of {}: {}",
          times,
          endpoint.address(),
          cause.getMessage());
    }
  }

  private void sayNotAdmitted(Throwable cause) {
    long times = defects.happened();
    if (times > 0) {
      LOGGER.error(
          "{} connections to {} could not be admitted, the last one because of this:",
          times,
          address,
          cause);
    }
  }

  private void bury(ServerEndpoint endpoint, boolean now) {
    if (!(now || endpoint.connection().isQuiet()) || !endpoints.remove(endpoint)) {
      return;
    }
    endpoint.timer(DONE);
    try {
      endpoint.close();
    } finally {
      events.known(endpoint);
      leave();
    }
  }

  /** What endpoints tell, on whatever thread. */
  private final class Events implements ServerEndpoint.Listener {
    @Override
    public void established(ServerEndpoint endpoint) {
      if (peers.contains(endpoint.calls()) || endpoint.isEnding()) {
        return;
      }
      var _ =
          keep(
              () -> {
                if (endpoints.contains(endpoint)
                    && !endpoint.isEnding()
                    && peers.add(endpoint.calls())) {
                  endpoint.calls().start();
                }
              },
              0);
    }

    @Override
    public void ended(ServerEndpoint endpoint, String why, Throwable cause) {
      if (!endpoint.beginEnd()) {
        return;
      }
      LOGGER.debug("connection of {} ends: {}", endpoint.address(), why, cause);
      endpoint.calls().end();
      var _ =
          keep(
              () -> {
                endpoint.connection().disconnect();
                endpoint.timer(keep(() -> bury(endpoint, true), QUIET_MILLIS));
                bury(endpoint, false);
              },
              0);
    }

    @Override
    public void quieter(ServerEndpoint endpoint) {
      if (endpoint.connection().isQuiet()) {
        var _ = keep(() -> bury(endpoint, false), 0);
      }
    }

    @Override
    public void gone(ServerEndpoint endpoint) {
      peers.remove(endpoint.calls());
    }

    @Override
    public void known(ServerEndpoint endpoint) {
      if (endpoint.becomeKnown()) {
        strangers.leave(endpoint.host());
      }
    }
  }

  /** DiSNI's listener without its accept, whose waits nothing ends. */
  private final class Listener extends RdmaServerEndpoint<ServerEndpoint> {
    Listener(RpcGroup<ServerEndpoint> group, RdmaCmId id) {
      super(group, id);
    }

    @Override
    @SuppressWarnings("UnsynchronizedOverridesSynchronized") // has no state to guard
    public void dispatchCmEvent(RdmaCmEvent event) {
      try {
        if (event.getEvent() == CmEvents.CONNECT_REQUEST) {
          admit(event.getConnIdPriv());
          return;
        }
        CmEvents.Event truth = CmEvents.of(event);
        if (truth.type() == CmEvents.DEVICE_REMOVAL) {
          group.fail(new IOException(truth.describe()));
        } else {
          LOGGER.warn("the listener on {} got {}", address, truth.describe());
        }
      } catch (Throwable e) {
        // The thread serves the connections too, and those that come.
        sayNotAdmitted(e);
      }
    }

    /** Not forgotten before the group is shut down: DiSNI looks for it at each request taken. */
    void destroy() {
      try {
        if (idPriv.isOpen()) {
          idPriv.destroyId();
        }
      } catch (IOException | RuntimeException e) {
        LOGGER.warn("listener not destroyed", e);
      }
    }
  }
}
