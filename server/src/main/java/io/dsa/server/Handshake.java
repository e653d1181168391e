package io.dsa.server;

import io.dsa.protocol.Bytes32;
import io.dsa.protocol.Challenge;
import io.dsa.protocol.ErrorCode;
import io.dsa.protocol.Hello;
import io.dsa.protocol.HelloReply;
import io.dsa.protocol.MessageCodec;
import io.dsa.protocol.PrintableText;
import io.dsa.protocol.Transcript;
import io.dsa.server.access.Access;

/**
 * How a session begins: one Hello, one Challenge, one proof. Its session's requests come one at a
 * time.
 */
final class Handshake {
  /** The same for an unknown user, so that nobody learns who has an account. */
  private static final String FAILED =
      "authentication failed: there is no such user, or its secret is another one";

  private enum Step {
    HELLO,
    AUTHENTICATE,
    OVER
  }

  private final Access access;
  private Step step = Step.HELLO;
  private String userName;
  private String clientName;
  private int version;
  private Transcript transcript;
  private Bytes32 proof;
  private Access.Admitted admitted;

  Handshake(Access access) {
    this.access = access;
  }

  /**
   * Answers a Hello, whoever it names.
   *
   * @param bytes the message as it was received
   */
  Challenge challenge(Hello hello, byte[] bytes) {
    require(Step.HELLO, "a session has one Hello, and it is the first");
    step = Step.AUTHENTICATE;
    userName = hello.userName();
    // It goes into logs and listings, and whoever connects chooses it.
    clientName = PrintableText.of(hello.clientName());
    version = Math.min(hello.protocolVersion(), MessageCodec.VERSION);
    Challenge challenge = new Challenge(Bytes32.random(), version, access.isInsecure());
    transcript = Transcript.of(bytes, MessageCodec.encode(challenge));
    return challenge;
  }

  /** Takes the one proof that is taken to a challenge. */
  Access.Admitted admit(Bytes32 given) {
    require(Step.AUTHENTICATE, "Authenticate comes once, after Hello");
    step = Step.OVER;
    proof = given;
    admitted = access.authenticate(userName, transcript, given).orElseThrow(Handshake::failure);
    return admitted;
  }

  private void require(Step due, String rule) {
    if (step != due) {
      throw new RequestException(ErrorCode.BAD_REQUEST, rule);
    }
  }

  static RequestException failure() {
    return new RequestException(ErrorCode.AUTHENTICATION_FAILED, FAILED);
  }

  /** Signs the reply to a proof that was right. */
  HelloReply sign(HelloReply reply) {
    return admitted.sign(transcript, proof, reply);
  }

  /** What both ends speak. */
  int version() {
    return version;
  }

  /** For logs and listings, with nothing in it that does not print; proves nothing. */
  String clientName() {
    return clientName;
  }

  /** Whether the one try was made. */
  boolean isOver() {
    return step == Step.OVER;
  }
}
