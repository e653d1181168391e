package io.dsa.verbs.darpc;

import com.ibm.darpc.DaRPCEndpoint;
import io.dsa.verbs.darpc.RpcException.Reason;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection to an {@link RpcServer}. Does not reconnect: when it has ended, make another.
 *
 * <p>Every method may be called from every thread. What depends on a future, and {@link #onClosed}
 * actions, run on virtual threads.
 */
public final class RpcClient implements AutoCloseable {
  private static final Logger LOGGER = LoggerFactory.getLogger(RpcClient.class);

  /** Callers beyond the pipeline that may wait for it, for each of its slots. */
  private static final int WAITING_PER_SLOT = 128;

  private static final long QUIET_MILLIS = 1_000;
  private static final long CLOSE_MILLIS = 2_500;

  /** What the last replies have to get off the device once the peer has gone. */
  private static final long ENDING_MILLIS = 500;

  private static final ScheduledThreadPoolExecutor DEADLINES = deadlines();

  private final InetSocketAddress server;
  private final RpcLimits limits;
  private final RpcGroup<ClientEndpoint> group;
  private final CallSlots<Call> slots;
  private final Set<Call> calls = ConcurrentHashMap.newKeySet();
  private final AtomicReference<RpcException> end = new AtomicReference<>();
  private final CountDownLatch released = new CountDownLatch(1);
  private final List<Runnable> closedActions = new ArrayList<>();

  /** Null only until {@link #open} has made it. */
  private volatile ClientEndpoint endpoint;

  /** One call, from the caller's hand to its end. Identity matters. */
  private static final class Call {
    final byte[] request;
    final CompletableFuture<byte[]> future = new CompletableFuture<>();
    volatile ScheduledFuture<?> deadline;

    Call(byte[] request) {
      this.request = request;
    }
  }

  /** The reply to a call, which DaRPC fills in whenever it comes. */
  private final class Reply extends Message {
    private final Call call;

    Reply(Call call) {
      super(limits.maxMessageBytes());
      this.call = call;
    }

    @Override
    public void update(ByteBuffer buffer) {
      super.update(buffer);
      if (payload() == null) {
        end(Reason.DISCONNECTED, "the server sent a malformed message", null);
      } else {
        finish(call, payload(), null);
      }
    }
  }

  private RpcClient(InetSocketAddress server, RpcLimits limits, RpcGroup<ClientEndpoint> group) {
    this.server = server;
    this.limits = limits;
    this.group = group;
    this.slots = new CallSlots<>(limits.pipelineDepth(), limits.pipelineDepth() * WAITING_PER_SLOT);
  }

  /**
   * Connects.
   *
   * @param server an IPv4 address
   * @param timeout for the answers of the network and the server; what this end does for the first
   *     time, such as loading the native library, comes before
   * @throws RpcException naming the address and why not; nothing is left behind
   */
  public static RpcClient connect(InetSocketAddress server, RpcLimits limits, Duration timeout) {
    Objects.requireNonNull(limits, "limits");
    long nanos = nanos(timeout);
    String what = "cannot connect to " + ClientEndpoint.text(server);
    IpAddress.require(server, what);
    RpcClient client = new RpcClient(server, limits, group(limits, 1, what));
    try {
      client.open(nanos);
      return client;
    } catch (RpcException e) {
      client.abandon(e);
      throw e;
    } catch (InterruptedException e) {
      RpcException failure = new RpcException(Reason.FAILED, what + ": interrupted", e);
      client.abandon(failure);
      Thread.currentThread().interrupt();
      throw failure;
    } catch (IOException | RuntimeException e) {
      RpcException failure = SystemFailure.of(e).asException(what, e);
      client.abandon(failure);
      throw failure;
    }
  }

  /** The group of a client or a server; the first thing to fail where there is no RDMA. */
  static <E extends DaRPCEndpoint<Message, Message> & CompletionTarget> RpcGroup<E> group(
      RpcLimits limits, int connections, String what) {
    try {
      return new RpcGroup<>(limits, connections);
    } catch (LinkageError e) {
      throw new RpcException(
          Reason.NO_DEVICE, what + ": libdisni.so cannot be loaded: " + e.getMessage(), e);
    } catch (Exception e) {
      throw SystemFailure.of(e).withoutAddress(what, e);
    }
  }

  private void open(long nanos) throws IOException, InterruptedException {
    ClientEndpoint.Listener listener =
        new ClientEndpoint.Listener() {
          @Override
          public void slotFreed() {
            nextCall();
          }

          @Override
          public void ending(String why) {
            var _ =
                DEADLINES.schedule(
                    () -> end(Reason.DISCONNECTED, why, null),
                    ENDING_MILLIS,
                    TimeUnit.MILLISECONDS);
          }

          @Override
          public void ended(Reason reason, String why, Throwable cause) {
            end(reason, why, cause);
          }
        };
    endpoint =
        group.startClient((id, serverSide) -> new ClientEndpoint(group, id, limits, listener));
    group.onFailure(cause ->
        end(Reason.DISCONNECTED, "the device's events are lost: " + cause.getMessage(), cause));
    endpoint.connect(server, System.nanoTime() + nanos);
  }

  /** Undoes a connect that failed. */
  private void abandon(RpcException failure) {
    if (end.compareAndSet(null, failure)) {
      release();
    } else {
      awaitRelease();
    }
  }

  /**
   * Sends a request and returns at once. The future always ends: with the reply, or with an {@link
   * RpcException}: {@code TIMED_OUT} at the deadline, {@code BUSY} when the pipeline was full until
   * then, {@code TOO_LARGE}, {@code DISCONNECTED}, {@code CLOSED}. A reply that comes too late is
   * dropped; until it comes, the call takes up one place in the pipeline.
   */
  public CompletableFuture<byte[]> call(byte[] request, Duration deadline) {
    long nanos = nanos(deadline);
    Call call = new Call(request.clone());
    if (request.length > limits.maxMessageBytes()) {
      return CompletableFuture.failedFuture(
          new RpcException(
              Reason.TOO_LARGE,
              "a request of "
                  + request.length
                  + " bytes to "
                  + name()
                  + ", which takes at most "
                  + limits.maxMessageBytes()));
    }
    calls.add(call);
    if (end.get() != null) {
      finish(call, null, ended());
      return call.future;
    }
    call.deadline = DEADLINES.schedule(() -> expire(call), nanos, TimeUnit.NANOSECONDS);
    switch (slots.enter(call)) {
      case SEND -> send(call);
      case WAIT -> {}
      case FULL ->
          finish(call, null, new RpcException(Reason.BUSY, "too many calls wait for " + name()));
      case CLOSED -> finish(call, null, ended());
    }
    return call.future;
  }

  private void send(Call call) {
    try {
      endpoint.request(call.request, new Reply(call));
    } catch (IOException | RuntimeException e) {
      // DaRPC has lost a buffer and a ticket: there is no way on.
      end(Reason.DISCONNECTED, "a request could not be sent: " + e.getMessage(), e);
    }
  }

  private void nextCall() {
    Call next = slots.leave();
    while (next != null) {
      if (!next.future.isDone()) {
        send(next);
        return;
      }
      next = slots.leave();
    }
  }

  private void expire(Call call) {
    if (slots.withdraw(call)) {
      finish(
          call,
          null,
          new RpcException(
              Reason.BUSY,
              "all "
                  + limits.pipelineDepth()
                  + " calls to "
                  + name()
                  + " that may be under way were, until the deadline"));
    } else {
      finish(
          call,
          null,
          new RpcException(Reason.TIMED_OUT, "no reply from " + name() + " before the deadline"));
    }
  }

  /**
   * Ends a call, unless it has ended. Others' code runs elsewhere: this may be the completion
   * thread.
   */
  private void finish(Call call, byte[] reply, RpcException failure) {
    if (!calls.remove(call)) {
      return;
    }
    ScheduledFuture<?> deadline = call.deadline;
    if (deadline != null) {
      deadline.cancel(false);
    }
    Thread.startVirtualThread(() -> {
      if (failure == null) {
        call.future.complete(reply);
      } else {
        call.future.completeExceptionally(failure);
      }
    });
  }

  /**
   * Ends the connection: callers are told, then the device's resources freed, all without blocking
   * here.
   */
  private void end(Reason reason, String why, Throwable cause) {
    String message = reason == Reason.CLOSED ? why : name() + ": " + why;
    if (!end.compareAndSet(null, new RpcException(reason, message, cause))) {
      return;
    }
    LOGGER.debug("{}", message, cause);
    slots.close();
    for (Call call : calls) {
      finish(call, null, ended());
    }
    Thread.ofPlatform().daemon().name("dsa-rpc-reaper").start(this::release);
    List<Runnable> actions;
    synchronized (closedActions) {
      actions = List.copyOf(closedActions);
      closedActions.clear();
    }
    actions.forEach(Thread::startVirtualThread);
  }

  private RpcException ended() {
    RpcException why = end.get();
    return new RpcException(why.reason(), why.getMessage(), why);
  }

  private void release() {
    try {
      if (endpoint != null) {
        Connection connection = endpoint.connection();
        connection.disconnect();
        connection.awaitQuiet(QUIET_MILLIS);
        endpoint.close();
      }
    } catch (InterruptedException e) {
      endpoint.close();
      Thread.currentThread().interrupt();
    } finally {
      try {
        group.shutdown();
      } finally {
        released.countDown();
      }
    }
  }

  /** Whether calls can be made. False as soon as the end was noticed. */
  public boolean isOpen() {
    return end.get() == null;
  }

  /** Whether calls are under way, or wait to be. */
  public boolean isBusy() {
    return !calls.isEmpty();
  }

  /**
   * Has an action run once when the connection has ended, for whatever reason, {@link #close}
   * included; at once when it has already. Every action added is run.
   */
  public void onClosed(Runnable action) {
    Objects.requireNonNull(action, "action");
    synchronized (closedActions) {
      if (end.get() == null) {
        closedActions.add(action);
        return;
      }
    }
    Thread.startVirtualThread(action);
  }

  /**
   * Ends the connection as if the peer had: this end has found out that it does not answer. Returns
   * at once. Idempotent.
   */
  public void giveUp(String why) {
    end(Reason.DISCONNECTED, why, null);
  }

  /**
   * Ends the connection; waits at most about two seconds for its resources to be freed. Idempotent.
   */
  @Override
  public void close() {
    end(Reason.CLOSED, "the connection to " + name() + " was closed", null);
    awaitRelease();
  }

  private void awaitRelease() {
    try {
      if (!released.await(CLOSE_MILLIS, TimeUnit.MILLISECONDS)) {
        LOGGER.warn("the connection to {} takes long to be freed", name());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private String name() {
    return ClientEndpoint.text(server);
  }

  @Override
  public String toString() {
    return "RpcClient[" + name() + (isOpen() ? "]" : ", ended]");
  }

  private static long nanos(Duration duration) {
    try {
      return Math.max(0, duration.toNanos());
    } catch (ArithmeticException e) {
      return Long.MAX_VALUE / 4;
    }
  }

  private static ScheduledThreadPoolExecutor deadlines() {
    ScheduledThreadPoolExecutor executor =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("dsa-rpc-deadlines").factory());
    executor.setRemoveOnCancelPolicy(true);
    return executor;
  }
}
