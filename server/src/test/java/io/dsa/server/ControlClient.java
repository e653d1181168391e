package io.dsa.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.dsa.protocol.Authenticate;
import io.dsa.protocol.Bytes32;
import io.dsa.protocol.Challenge;
import io.dsa.protocol.ErrorCode;
import io.dsa.protocol.ErrorReply;
import io.dsa.protocol.Hello;
import io.dsa.protocol.HelloReply;
import io.dsa.protocol.MessageCodec;
import io.dsa.protocol.ProtocolException;
import io.dsa.protocol.Reply;
import io.dsa.protocol.Request;
import io.dsa.protocol.Secret;
import io.dsa.protocol.Transcript;
import io.dsa.verbs.darpc.RpcPeer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/** A client's end of a connection to a control service, and its handshake; without RDMA. */
class ControlClient implements RpcPeer {
  private static final AtomicLong LAST_ID = new AtomicLong();

  private final ControlService service;
  private final long id = LAST_ID.incrementAndGet();

  /** What was said when it greeted. */
  byte[] hello = new byte[0];

  Transcript transcript;

  /** What the service has made of the connection. */
  boolean known;

  boolean closed;

  /** Connects. */
  ControlClient(ControlService service) {
    this.service = service;
    service.opened(this);
  }

  @Override
  public long id() {
    return id;
  }

  @Override
  public InetSocketAddress address() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
  }

  @Override
  public void known() {
    known = true;
  }

  @Override
  public void close() {
    closed = true;
  }

  Reply send(Request request) {
    return decode(send(MessageCodec.encode(request)));
  }

  byte[] send(byte[] request) {
    return service.call(this, request);
  }

  Challenge greet(String user) {
    return greet(user, "test");
  }

  /**
   * Says who it is.
   *
   * @param name what it calls itself
   */
  Challenge greet(String user, String name) {
    hello = MessageCodec.encode(new Hello(1, name, Set.of(), user, Bytes32.random()));
    byte[] challenge = send(hello);
    transcript = Transcript.of(hello, challenge);
    return (Challenge) decode(challenge);
  }

  byte[] prove(Secret secret) {
    return send(MessageCodec.encode(new Authenticate(transcript.proof(secret))));
  }

  /** Becomes this user, which has to succeed. */
  void logIn(String user, Secret secret) {
    greet(user);
    assertThat(decode(prove(secret))).isInstanceOf(HelloReply.class);
  }

  static Reply decode(byte[] reply) {
    try {
      return MessageCodec.decodeReply(reply);
    } catch (ProtocolException e) {
      throw new AssertionError(e);
    }
  }

  static void refused(Reply reply, ErrorCode code, String... words) {
    assertThat(reply)
        .isInstanceOfSatisfying(
            ErrorReply.class,
            error -> {
              assertThat(error.code()).isEqualTo(code);
              assertThat(error.message()).hasLineCount(1);
              assertThat(words).allSatisfy(word -> assertThat(error.message()).contains(word));
            });
  }
}
