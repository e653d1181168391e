package io.dsa.client;

import io.dsa.protocol.Authenticate;
import io.dsa.protocol.Bytes32;
import io.dsa.protocol.Challenge;
import io.dsa.protocol.DurabilityMethod;
import io.dsa.protocol.Hello;
import io.dsa.protocol.HelloReply;
import io.dsa.protocol.MessageCodec;
import io.dsa.protocol.ProtocolException;
import io.dsa.protocol.Transcript;
import java.util.EnumSet;
import java.util.Optional;

/**
 * How a session begins: this end proves to the server that it knows the user's secret, and the
 * server to this end that it keeps what recognises it. Of a server that does not prove it, nothing
 * is used. Belongs to one call.
 */
final class Handshake {
  /** Sends one request and returns the bytes of its reply. */
  @FunctionalInterface
  interface Exchange {
    byte[] call(byte[] request);
  }

  private final String server;
  private final Optional<Credentials> credentials;
  private final Exchange exchange;

  /**
   * Begins nothing yet.
   *
   * @param server for messages
   * @param credentials empty to go on with none but a server that authenticates nobody
   */
  Handshake(String server, Optional<Credentials> credentials, Exchange exchange) {
    this.server = server;
    this.credentials = credentials;
    this.exchange = exchange;
  }

  /** Runs it, which takes two exchanges. */
  HelloReply run(String clientName) {
    byte[] hello =
        MessageCodec.encode(
            new Hello(
                MessageCodec.VERSION,
                clientName,
                EnumSet.allOf(DurabilityMethod.class),
                credentials.map(Credentials::user).orElse(""),
                Bytes32.random()));
    byte[] challengeBytes = exchange.call(hello);
    Challenge challenge = ControlSession.expect(server, challengeBytes, Challenge.class);
    checkAgreed(challenge);
    Transcript transcript = Transcript.of(hello, challengeBytes);
    Bytes32 proof =
        credentials.map(known -> transcript.proof(known.secret())).orElse(Bytes32.ZEROS);
    byte[] replyBytes = exchange.call(MessageCodec.encode(new Authenticate(proof)));
    HelloReply reply = ControlSession.expect(server, replyBytes, HelloReply.class);
    if (credentials.isPresent()) {
      checkSigned(transcript, proof, replyBytes);
    }
    if (reply.version() != challenge.version()) {
      throw internal("first speaks version " + challenge.version() + ", then " + reply.version());
    }
    return reply;
  }

  private void checkAgreed(Challenge challenge) {
    if (challenge.version() > MessageCodec.VERSION) {
      throw internal(
          "speaks version " + challenge.version() + " of the protocol, which was not offered");
    }
    if (challenge.insecure() && credentials.isPresent()) {
      // Anybody can say so who wants to be taken for the server.
      throw new DsaException(
          DsaException.Category.NOT_PERMITTED,
          "server "
              + server
              + " authenticates nobody and proves nothing, and credentials were given; is it the"
              + " right server? Give none to one that runs with --insecure");
    }
    if (!challenge.insecure() && credentials.isEmpty()) {
      throw new DsaException(
          DsaException.Category.NOT_PERMITTED,
          "server " + server + " asks who you are, and no credentials were given");
    }
  }

  private void checkSigned(Transcript transcript, Bytes32 proof, byte[] reply) {
    boolean signed;
    try {
      signed = transcript.isSigned(credentials.orElseThrow().secret(), proof, reply);
    } catch (ProtocolException e) {
      throw internal("answered with what is no DSA message: " + e.getMessage());
    }
    if (!signed) {
      throw new DsaException(
          DsaException.Category.NOT_PERMITTED,
          "server "
              + server
              + " cannot prove that it knows user "
              + credentials.orElseThrow().user()
              + ": it is not the server that it says, or something between changes what is said");
    }
  }

  private DsaException internal(String what) {
    return new DsaException(DsaException.Category.INTERNAL, "server " + server + " " + what);
  }
}
