package io.dsa.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dsa.protocol.Authenticate;
import io.dsa.protocol.Bytes32;
import io.dsa.protocol.Challenge;
import io.dsa.protocol.Done;
import io.dsa.protocol.ErrorCode;
import io.dsa.protocol.ErrorReply;
import io.dsa.protocol.Hello;
import io.dsa.protocol.HelloReply;
import io.dsa.protocol.InstanceId;
import io.dsa.protocol.KeptKeys;
import io.dsa.protocol.MessageCodec;
import io.dsa.protocol.ProtocolException;
import io.dsa.protocol.Reply;
import io.dsa.protocol.Request;
import io.dsa.protocol.Secret;
import io.dsa.protocol.SessionLimits;
import io.dsa.protocol.Transcript;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Against servers that are right, and others. */
final class HandshakeTest {
  private static final Secret SECRET = Secret.random();
  private static final Optional<Credentials> ADA = Optional.of(new Credentials("ada", SECRET));

  /** A server that knows one secret, or another, or says what a test has it say. */
  private static class Server implements Handshake.Exchange {
    KeptKeys keys = KeptKeys.of(SECRET);
    Challenge challenge = new Challenge(Bytes32.random(), 1, false);
    HelloReply reply =
        new HelloReply(1, InstanceId.random(), "s", new SessionLimits(1, 1, 1, 0), Bytes32.ZEROS);
    Hello hello;
    Authenticate proof;
    private Transcript transcript;

    @Override
    public byte[] call(byte[] bytes) {
      Request request;
      try {
        request = MessageCodec.decodeRequest(bytes);
      } catch (ProtocolException e) {
        throw new AssertionError(e);
      }
      if (request instanceof Hello first) {
        hello = first;
        byte[] answer = MessageCodec.encode(challenge);
        transcript = Transcript.of(bytes, answer);
        return answer;
      }
      proof = (Authenticate) request;
      return end(keys.accepts(transcript, proof.proof()));
    }

    byte[] end(boolean accepted) {
      return MessageCodec.encode(
          accepted
              ? sign()
              : new ErrorReply(ErrorCode.AUTHENTICATION_FAILED, "authentication failed"));
    }

    Reply sign() {
      return keys.sign(transcript, proof.proof(), reply);
    }
  }

  private static HelloReply run(Server server, Optional<Credentials> credentials) {
    return new Handshake("h:1", credentials, server).run("test");
  }

  private static void refused(
      Server server,
      Optional<Credentials> credentials,
      DsaException.Category category,
      String... words) {
    assertThatThrownBy(() -> run(server, credentials))
        .isInstanceOfSatisfying(
            DsaException.class,
            e -> {
              assertThat(e.category()).isEqualTo(category);
              // Only what the server itself says counts as its refusal.
              assertThat(e.refusal()).isEmpty();
            })
        .message()
        .contains(words)
        .hasLineCount(1);
  }

  @Test
  void shouldBelieveAServerThatKnowsTheUser() {
    Server server = new Server();

    assertThat(run(server, ADA).serverName()).isEqualTo("s");
    assertThat(server.hello.userName()).isEqualTo("ada");
    assertThat(server.hello.clientName()).isEqualTo("test");
  }

  @Test
  void shouldNeverUseANonceTwice() {
    Server first = new Server();
    Server second = new Server();
    run(first, ADA);
    run(second, ADA);

    assertThat(first.hello.nonce()).isNotEqualTo(second.hello.nonce());
  }

  @Test
  void shouldSayWhatTheServerSays() {
    Server server = new Server();
    server.keys = KeptKeys.of(Secret.random());

    assertThatThrownBy(() -> run(server, ADA))
        .isInstanceOfSatisfying(
            DsaException.class,
            e -> {
              assertThat(e.category()).isEqualTo(DsaException.Category.NOT_PERMITTED);
              assertThat(e.refusal()).contains(ErrorCode.AUTHENTICATION_FAILED);
              assertThat(DsaException.again(e).refusal()).isEqualTo(e.refusal());
            })
        .hasMessage("authentication failed");
  }

  @Test
  void shouldNotBelieveAServerThatTakesEveryProof() {
    Server forged =
        new Server() {
          @Override
          byte[] end(boolean accepted) {
            return super.end(true);
          }
        };
    forged.keys = KeptKeys.of(Secret.random());

    refused(forged, ADA, DsaException.Category.NOT_PERMITTED, "h:1", "ada", "cannot prove");
  }

  @Test
  void shouldNotBelieveASignatureOfZeros() {
    Server forged =
        new Server() {
          @Override
          Reply sign() {
            return reply;
          }
        };

    refused(forged, ADA, DsaException.Category.NOT_PERMITTED, "cannot prove");
  }

  /** Somebody between the two who wants more done than was agreed on. */
  @Test
  void shouldNoticeThatAReplyWasChanged() {
    Server changed =
        new Server() {
          @Override
          byte[] end(boolean accepted) {
            byte[] bytes = super.end(accepted);
            bytes[bytes.length - 33] ^= 1; // the lease
            return bytes;
          }
        };

    refused(changed, ADA, DsaException.Category.NOT_PERMITTED, "cannot prove");
  }

  @Test
  void shouldNotGoOnWithAServerThatProvesNothing() {
    Server insecure = new Server();
    insecure.challenge = new Challenge(Bytes32.random(), 1, true);

    refused(insecure, ADA, DsaException.Category.NOT_PERMITTED, "proves nothing", "--insecure");
    assertThat(insecure.proof).isNull();
  }

  @Test
  void shouldAskForCredentialsWhereTheServerDoes() {
    Server server = new Server();

    refused(
        server,
        Optional.empty(),
        DsaException.Category.NOT_PERMITTED,
        "h:1",
        "no credentials were given");
    assertThat(server.proof).isNull();
  }

  @Test
  void shouldGoOnWithoutProofsWhereBothWantNone() {
    Server insecure =
        new Server() {
          @Override
          byte[] end(boolean accepted) {
            return MessageCodec.encode(reply);
          }
        };
    insecure.challenge = new Challenge(Bytes32.random(), 1, true);

    assertThat(run(insecure, Optional.empty()).serverName()).isEqualTo("s");
    assertThat(insecure.hello.userName()).isEmpty();
    assertThat(insecure.proof.proof()).isEqualTo(Bytes32.ZEROS);
  }

  @Test
  void shouldRefuseAVersionThatItDidNotOffer() {
    Server server = new Server();
    server.challenge = new Challenge(Bytes32.random(), 2, false);

    refused(server, ADA, DsaException.Category.INTERNAL, "version 2");
  }

  @Test
  void shouldRefuseAVersionThatChangesOnTheWay() {
    Server server = new Server();
    server.reply =
        new HelloReply(2, InstanceId.random(), "s", new SessionLimits(1, 1, 1, 0), Bytes32.ZEROS);

    refused(server, ADA, DsaException.Category.INTERNAL, "version 1, then 2");
  }

  @Test
  void shouldRefuseAnswersToSomethingElse() {
    Server wrong =
        new Server() {
          @Override
          byte[] end(boolean accepted) {
            return MessageCodec.encode(new Done());
          }
        };
    Server noise =
        new Server() {
          @Override
          byte[] end(boolean accepted) {
            return Arrays.copyOf(super.end(accepted), 40);
          }
        };

    refused(wrong, ADA, DsaException.Category.INTERNAL, "Done", "HelloReply");
    refused(noise, ADA, DsaException.Category.INTERNAL, "no DSA message");
  }
}
