package io.dsa.client;

import io.dsa.protocol.Done;
import io.dsa.protocol.ErrorReply;
import io.dsa.protocol.HelloReply;
import io.dsa.protocol.MessageCodec;
import io.dsa.protocol.ProtocolException;
import io.dsa.protocol.Reply;
import io.dsa.protocol.Request;
import io.dsa.verbs.darpc.RpcClient;
import io.dsa.verbs.darpc.RpcException;
import io.dsa.verbs.darpc.RpcLimits;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Typed requests over the control connection. Thread-safe. */
final class ControlSession implements AutoCloseable {
  private final String server;
  private final String host;
  private final Duration timeout;
  private final RpcClient rpc;
  private final HelloReply hello;
  private final Heartbeat heartbeat;

  private ControlSession(
      String server, String host, Duration timeout, RpcClient rpc, HelloReply hello) {
    this.server = server;
    this.host = host;
    this.timeout = timeout;
    this.rpc = rpc;
    this.hello = hello;
    this.heartbeat =
        Heartbeat.start(
            Duration.ofMillis(hello.limits().leaseMillis()),
            () -> send(new io.dsa.protocol.Heartbeat(), Done.class, timeout),
            rpc::isBusy,
            () -> rpc.giveUp("it does not answer"));
  }

  static ControlSession open(InetSocketAddress address, ClientOptions options) {
    String server = address.getHostString() + ":" + address.getPort();
    RpcClient rpc;
    try {
      rpc = RpcClient.connect(address, RpcLimits.defaults(), options.timeout());
    } catch (RpcException e) {
      throw failure(server, e);
    }
    try {
      Handshake handshake =
          new Handshake(
              server,
              options.credentials(),
              request -> join(exchange(rpc, server, options.timeout(), request)));
      return new ControlSession(
          server,
          address.getAddress().getHostAddress(),
          options.timeout(),
          rpc,
          handshake.run(options.name()));
    } catch (RuntimeException e) {
      rpc.close();
      throw e;
    }
  }

  HelloReply hello() {
    return hello;
  }

  /** The address that this session goes to. */
  String host() {
    return host;
  }

  /** Whether it stands, as far as this end knows. */
  boolean isOpen() {
    return rpc.isOpen();
  }

  <R extends Reply> R call(Request request, Class<R> type) {
    return call(request, type, timeout);
  }

  <R extends Reply> R call(Request request, Class<R> type, Duration deadline) {
    return join(send(rpc, server, deadline, request, type));
  }

  /** The future fails with nothing but a {@link DsaException}. */
  <R extends Reply> CompletableFuture<R> send(Request request, Class<R> type, Duration deadline) {
    return send(rpc, server, deadline, request, type);
  }

  private static <R extends Reply> CompletableFuture<R> send(
      RpcClient rpc, String server, Duration timeout, Request request, Class<R> type) {
    return exchange(rpc, server, timeout, MessageCodec.encode(request))
        .thenApply(bytes -> expect(server, bytes, type));
  }

  private static CompletableFuture<byte[]> exchange(
      RpcClient rpc, String server, Duration timeout, byte[] request) {
    return rpc.call(request, timeout)
        .handle((bytes, failure) -> {
          if (failure != null) {
            throw failure(server, failure);
          }
          return bytes;
        });
  }

  /** Returns the reply if it is of this type; throws what it says otherwise. */
  static <R extends Reply> R expect(String server, byte[] bytes, Class<R> type) {
    Reply reply;
    try {
      reply = MessageCodec.decodeReply(bytes);
    } catch (ProtocolException e) {
      throw new DsaException(
          DsaException.Category.INTERNAL,
          "server " + server + " answered with what is no DSA message: " + e.getMessage(),
          e);
    }
    if (reply instanceof ErrorReply error) {
      throw new DsaException(error.code(), error.message());
    }
    if (!type.isInstance(reply)) {
      throw new DsaException(
          DsaException.Category.INTERNAL,
          "server "
              + server
              + " answered with "
              + reply.getClass().getSimpleName()
              + " where "
              + type.getSimpleName()
              + " was due");
    }
    return type.cast(reply);
  }

  private static <R> R join(CompletableFuture<R> future) {
    try {
      return future.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof DsaException failure) {
        // The stack of the caller, not that of the thread that completed the future.
        throw DsaException.again(failure);
      }
      throw e;
    }
  }

  private static DsaException failure(String server, Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    if (!(cause instanceof RpcException rpc)) {
      return new DsaException(
          DsaException.Category.INTERNAL, "server " + server + ": " + cause.getMessage(), cause);
    }
    DsaException.Category category =
        switch (rpc.reason()) {
          case NO_DEVICE -> DsaException.Category.NO_DEVICE;
          case UNREACHABLE -> DsaException.Category.UNREACHABLE;
          case REFUSED, ADDRESS_IN_USE -> DsaException.Category.REFUSED;
          case FULL -> DsaException.Category.LIMIT;
          case TIMED_OUT, BUSY -> DsaException.Category.TIMED_OUT;
          case DISCONNECTED, CLOSED -> DsaException.Category.DISCONNECTED;
          case TOO_LARGE, FAILED -> DsaException.Category.INTERNAL;
        };
    String advice =
        switch (category) {
          case NO_DEVICE -> "; look at 'rdma link' and the route to the server";
          case UNREACHABLE, TIMED_OUT -> "; is the host up and the address right?";
          case REFUSED -> "; is 'dsa server' running there?";
          default -> "";
        };
    return new DsaException(category, "server " + server + ": " + rpc.getMessage() + advice, rpc);
  }

  @Override
  public void close() {
    heartbeat.close();
    rpc.close();
  }
}
