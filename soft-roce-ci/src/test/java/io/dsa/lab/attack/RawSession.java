package io.dsa.lab.attack;

import io.dsa.client.Credentials;
import io.dsa.protocol.AttachQueue;
import io.dsa.protocol.Authenticate;
import io.dsa.protocol.Bytes32;
import io.dsa.protocol.ConnectData;
import io.dsa.protocol.ErrorCode;
import io.dsa.protocol.ErrorReply;
import io.dsa.protocol.ExtentGrant;
import io.dsa.protocol.Heartbeat;
import io.dsa.protocol.Hello;
import io.dsa.protocol.HelloReply;
import io.dsa.protocol.MessageCodec;
import io.dsa.protocol.OpenMode;
import io.dsa.protocol.OpenVolume;
import io.dsa.protocol.PrepareQueue;
import io.dsa.protocol.ProtocolException;
import io.dsa.protocol.QueueAttached;
import io.dsa.protocol.QueuePrepared;
import io.dsa.protocol.QueueToken;
import io.dsa.protocol.Reply;
import io.dsa.protocol.Request;
import io.dsa.protocol.Transcript;
import io.dsa.protocol.VolumeOpened;
import io.dsa.verbs.darpc.RpcClient;
import io.dsa.verbs.darpc.RpcException;
import io.dsa.verbs.darpc.RpcLimits;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * A session that is spoken message by message: as a client would, up to the point where an attack
 * leaves that way.
 */
final class RawSession implements AutoCloseable {
  /** What is said of a request that brought no answer but the end of the connection. */
  static final String ENDED = "connection ended";

  private static final long BEAT_MILLIS = 2_000;

  private final AttackedServer server;
  private final RpcClient rpc;
  private final Future<?> beats;

  private RawSession(AttackedServer server, RpcClient rpc, Future<?> beats) {
    this.server = server;
    this.rpc = rpc;
    this.beats = beats;
  }

  static RpcClient connect(AttackedServer server) {
    return RpcClient.connect(server.control(), RpcLimits.defaults(), AttackedServer.SOON);
  }

  /** A session that keeps its lease. */
  static RawSession begin(AttackedServer server, Credentials user) {
    RpcClient rpc = authenticated(server, user);
    byte[] beat = MessageCodec.encode(new Heartbeat());
    return new RawSession(
        server,
        rpc,
        server
            .timer()
            .scheduleAtFixedRate(
                () -> {
                  var _ = rpc.call(beat, AttackedServer.SOON);
                },
                BEAT_MILLIS,
                BEAT_MILLIS,
                TimeUnit.MILLISECONDS));
  }

  /** A session that never says that it is there. */
  static RawSession silent(AttackedServer server, Credentials user) {
    return new RawSession(
        server, authenticated(server, user), CompletableFuture.completedFuture(null));
  }

  static byte[] hello(String user) {
    return MessageCodec.encode(
        new Hello(MessageCodec.VERSION, "attacker", Set.of(), user, Bytes32.random()));
  }

  private static RpcClient authenticated(AttackedServer server, Credentials user) {
    RpcClient rpc = connect(server);
    byte[] hello = hello(user.user());
    byte[] challenge = rpc.call(hello, AttackedServer.SOON).join();
    Bytes32 proof = Transcript.of(hello, challenge).proof(user.secret());
    byte[] reply =
        rpc.call(MessageCodec.encode(new Authenticate(proof)), AttackedServer.SOON).join();
    if (!(decoded(reply) instanceof HelloReply)) {
      rpc.close();
      throw new IllegalStateException(user.user() + " is not let in: " + answer(decoded(reply)));
    }
    return rpc;
  }

  /** What the server answers, in a word: the code of an error, else the kind of reply. */
  static String answer(RpcClient rpc, byte[] request) {
    try {
      return answer(decoded(rpc.call(request, AttackedServer.SOON).join()));
    } catch (CompletionException e) {
      return answer(e.getCause());
    }
  }

  static String answer(RpcClient rpc, Request request) {
    return answer(rpc, MessageCodec.encode(request));
  }

  /** What a call's failure says. */
  static String answer(Throwable failure) {
    return failure instanceof RpcException rpc
            && (rpc.reason() == RpcException.Reason.DISCONNECTED
                || rpc.reason() == RpcException.Reason.CLOSED)
        ? ENDED
        : String.valueOf(failure.getMessage());
  }

  static String answer(Reply reply) {
    return reply instanceof ErrorReply error
        ? error.code().name()
        : reply.getClass().getSimpleName();
  }

  static Reply decoded(byte[] reply) {
    try {
      return MessageCodec.decodeReply(reply);
    } catch (ProtocolException e) {
      throw new IllegalStateException("the server answered with no message: " + e.getMessage(), e);
    }
  }

  /** Waits for the end that has to come. */
  static boolean ends(RpcClient rpc) throws InterruptedException {
    long deadline = System.nanoTime() + AttackedServer.SOON.toNanos();
    while (rpc.isOpen() && System.nanoTime() < deadline) {
      Thread.sleep(10);
    }
    return !rpc.isOpen();
  }

  RpcClient rpc() {
    return rpc;
  }

  Reply ask(Request request) {
    return decoded(rpc.call(MessageCodec.encode(request), AttackedServer.SOON).join());
  }

  private <R extends Reply> R ask(Request request, Class<R> type) {
    return required(ask(request), type);
  }

  private static <R extends Reply> R required(Reply reply, Class<R> type) {
    if (!type.isInstance(reply)) {
      throw new IllegalStateException(
          "instead of "
              + type.getSimpleName()
              + " came "
              + (reply instanceof ErrorReply error ? error.message() : answer(reply)));
    }
    return type.cast(reply);
  }

  VolumeOpened open(String volume, OpenMode mode) {
    return ask(new OpenVolume(volume, mode, Optional.empty(), false, false), VolumeOpened.class);
  }

  /** The server may not have heard yet that earlier queues are gone: then this waits for that. */
  QueueToken prepare(VolumeOpened volume) throws InterruptedException {
    long deadline = System.nanoTime() + AttackedServer.SOON.toNanos();
    PrepareQueue request = new PrepareQueue(volume.handle());
    while (true) {
      Reply reply = ask(request);
      boolean full = reply instanceof ErrorReply error && error.code() == ErrorCode.LIMIT;
      if (!full || System.nanoTime() > deadline) {
        return required(reply, QueuePrepared.class).token();
      }
      Thread.sleep(20);
    }
  }

  /** A data queue with all of its grants. */
  RawQueue queue(VolumeOpened volume) throws InterruptedException {
    QueueToken token = prepare(volume);
    RawQueue queue = RawQueue.connect(server, server.data(), new ConnectData(token).encode());
    try {
      return queue.with(attach(token));
    } catch (RuntimeException e) {
      queue.close();
      throw e;
    }
  }

  /** The grants on a queue that has been connected with this token; one page of them. */
  List<ExtentGrant> attach(QueueToken token) {
    return ask(new AttachQueue(token, 0), QueueAttached.class).grants();
  }

  @Override
  public void close() {
    beats.cancel(false);
    rpc.close();
  }
}
