package io.dsa.server;

import static io.dsa.server.ControlClient.decode;
import static io.dsa.server.ControlClient.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.dsa.protocol.Authenticate;
import io.dsa.protocol.Bytes32;
import io.dsa.protocol.Done;
import io.dsa.protocol.ErrorCode;
import io.dsa.protocol.ErrorReply;
import io.dsa.protocol.Heartbeat;
import io.dsa.protocol.Hello;
import io.dsa.protocol.HelloReply;
import io.dsa.protocol.ListVolumes;
import io.dsa.protocol.MessageCodec;
import io.dsa.protocol.Reply;
import io.dsa.protocol.Request;
import io.dsa.protocol.Secret;
import io.dsa.protocol.ServerInfo;
import io.dsa.server.access.OpenToAll;
import io.dsa.server.access.Quota;
import io.dsa.server.access.Quotas;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** How sessions begin, and end with their users. */
final class ControlServiceTest {
  @TempDir private Path directory;
  private ControlFixture fixture;
  private ControlService service;
  private Secret ada;

  @BeforeEach
  void start() {
    fixture = new ControlFixture(directory);
    ada = fixture.users.add("ada", false, Quotas.NONE);
    service = fixture.service;
  }

  @AfterEach
  void stop() {
    fixture.close();
  }

  private ControlClient connect() {
    return new ControlClient(service);
  }

  private ControlClient logIn(String user, Secret secret) {
    ControlClient client = connect();
    client.logIn(user, secret);
    return client;
  }

  @Test
  void shouldProveItselfToWhoeverProvesToBeAUser() throws Exception {
    ControlClient client = connect();
    assertThat(client.greet("ada").insecure()).isFalse();
    assertThat(client.known).isFalse();
    Bytes32 proof = client.transcript.proof(ada);
    byte[] reply = client.send(MessageCodec.encode(new Authenticate(proof)));

    assertThat(decode(reply)).isInstanceOf(HelloReply.class);
    assertThat(client.transcript.isSigned(ada, proof, reply)).isTrue();
    assertThat(client.transcript.isSigned(Secret.random(), proof, reply)).isFalse();
    assertThat(client.known).isTrue();
    assertThat(client.send(new Heartbeat())).isEqualTo(new Done());
    assertThat(client.closed).isFalse();
  }

  /**
   * A client's name is its own choice; the proof is over what it sent, and is right all the same.
   */
  @Test
  void shouldListNoClientByWhatDoesNotPrint() {
    ControlClient client = connect();
    client.greet("ada", "x\u001b[2J\n9 admin\u202e\u200d\u3164\u2800\uDB40\uDC61\ue000 Zo\u00eb");
    assertThat(service.sessions()).isEmpty();
    assertThat(decode(client.prove(ada))).isInstanceOf(HelloReply.class);

    assertThat(service.sessions())
        .singleElement()
        .satisfies(session -> {
          assertThat(session.user()).isEqualTo("ada");
          assertThat(session.client()).isEqualTo("x?[2J?9 admin?????? Zo\u00eb");
        });
  }

  @Test
  void shouldNeverGiveTheSameNonceTwice() {
    assertThat(connect().greet("ada").nonce()).isNotEqualTo(connect().greet("ada").nonce());
  }

  @Test
  void shouldRefuseAWrongSecretAndCloseTheConnection() {
    ControlClient client = connect();
    client.greet("ada");

    refused(
        decode(client.prove(Secret.random())),
        ErrorCode.AUTHENTICATION_FAILED,
        "authentication failed");
    assertThat(client.known).isFalse();
    assertThat(client.closed).isTrue();
  }

  @Test
  void shouldNotTellAnUnknownUserFromAWrongSecret() {
    ControlClient known = connect();
    ControlClient unknown = connect();
    ControlClient nobody = connect();
    assertThat(known.greet("ada").insecure()).isEqualTo(unknown.greet("bob").insecure());
    nobody.greet("");
    byte[] wrong = known.prove(Secret.random());

    assertThat(unknown.prove(ada)).isEqualTo(wrong);
    assertThat(nobody.prove(ada)).isEqualTo(wrong);
    assertThat(unknown.closed).isTrue();
    assertThat(nobody.closed).isTrue();
  }

  @Test
  void shouldRefuseAProofThatWasSeenBefore() {
    ControlClient first = connect();
    first.greet("ada");
    byte[] proof = MessageCodec.encode(new Authenticate(first.transcript.proof(ada)));
    assertThat(decode(first.send(proof))).isInstanceOf(HelloReply.class);

    ControlClient second = connect();
    second.send(first.hello);
    refused(decode(second.send(proof)), ErrorCode.AUTHENTICATION_FAILED);
    assertThat(second.closed).isTrue();
  }

  @Test
  void shouldTakeOneProofForAChallenge() {
    ControlClient client = logIn("ada", ada);

    refused(decode(client.prove(ada)), ErrorCode.BAD_REQUEST, "once");
    refused(client.send(new Hello(1, "", Set.of(), "", Bytes32.ZEROS)), ErrorCode.BAD_REQUEST);
    assertThat(client.send(new Heartbeat())).isEqualTo(new Done());
  }

  @Test
  void shouldTakeNoSecondProofAfterAWrongOne() {
    ControlClient client = connect();
    client.greet("ada");
    client.prove(Secret.random());

    refused(decode(client.prove(ada)), ErrorCode.BAD_REQUEST);
    refused(client.send(new Heartbeat()), ErrorCode.BAD_REQUEST);
  }

  static Stream<Request> shouldAnswerNothingBefore() {
    return Stream.of(
        new Heartbeat(), new ListVolumes(""), new ServerInfo(0), new Authenticate(Bytes32.ZEROS));
  }

  @ParameterizedTest
  @MethodSource
  void shouldAnswerNothingBefore(Request request) {
    ControlClient silent = connect();
    refused(silent.send(request), ErrorCode.BAD_REQUEST);
    if (!(request instanceof Authenticate)) {
      silent.greet("ada");
      refused(silent.send(request), ErrorCode.BAD_REQUEST, "Authenticate");
    }
  }

  @Test
  void shouldEndEverySessionOfAUserThatIsRemoved() {
    Secret bob = fixture.users.add("bob", false, Quotas.NONE);
    ControlClient first = logIn("ada", ada);
    ControlClient second = logIn("ada", ada);
    ControlClient other = logIn("bob", bob);

    fixture.users.remove("ada");

    assertThat(first.closed).isTrue();
    assertThat(second.closed).isTrue();
    assertThat(other.closed).isFalse();
    refused(first.send(new Heartbeat()), ErrorCode.AUTHENTICATION_FAILED);
    assertThat(other.send(new Heartbeat())).isEqualTo(new Done());
  }

  @Test
  void shouldNotLetASessionLiveOnAsAnotherUserOfTheSameName() {
    ControlClient first = logIn("ada", ada);
    fixture.users.remove("ada");
    Secret again = fixture.users.add("ada", true, Quotas.NONE);

    refused(first.send(new ServerInfo(0)), ErrorCode.AUTHENTICATION_FAILED);
    assertThat(logIn("ada", again).send(new Heartbeat())).isEqualTo(new Done());
  }

  @Test
  void shouldLetNobodyInWhoWasRemovedAfterTheChallenge() {
    ControlClient late = connect();
    late.greet("ada");
    fixture.users.remove("ada");

    refused(decode(late.prove(ada)), ErrorCode.AUTHENTICATION_FAILED);
    assertThat(late.closed).isTrue();
  }

  @Test
  void shouldHoldToTheQuotaOfSessions() {
    fixture.users.setQuotas("ada", Quotas.NONE.with(Quota.SESSIONS, 1));
    ControlClient first = logIn("ada", ada);
    ControlClient second = connect();
    second.greet("ada");

    refused(decode(second.prove(ada)), ErrorCode.LIMIT, "quota sessions", "ada", "1");
    assertThat(second.closed).isTrue();
    service.closed(second);
    service.closed(first);
    assertThat(logIn("ada", ada).send(new Heartbeat())).isEqualTo(new Done());
  }

  @Test
  void shouldTellAClientTheQueuesOfItsQuota() {
    fixture.users.setQuotas("ada", Quotas.NONE.with(Quota.QUEUES, 2));
    ControlClient client = connect();
    client.greet("ada");

    assertThat(((HelloReply) decode(client.prove(ada))).limits().queues()).isEqualTo(2);
  }

  @Test
  void shouldKeepForAdminsWhatIsTheirs() {
    ControlClient client = logIn("ada", ada);

    refused(client.send(new ServerInfo(0)), ErrorCode.NOT_PERMITTED, "role admin", "ada");
    fixture.users.setAdmin("ada", true);
    assertThat(client.send(new ServerInfo(0))).isNotInstanceOf(ErrorReply.class);
  }

  @Test
  void shouldSayThatItLetsEverybodyIn() {
    service = fixture.serve(new OpenToAll());
    ControlClient client = connect();
    assertThat(client.greet("").insecure()).isTrue();
    Reply reply = client.send(new Authenticate(Bytes32.ZEROS));

    assertThat(((HelloReply) reply).signature()).isEqualTo(Bytes32.ZEROS);
    assertThat(client.send(new ServerInfo(0))).isNotInstanceOf(ErrorReply.class);
    ControlClient named = connect();
    assertThat(named.greet("ada").insecure()).isTrue();
    refused(decode(named.prove(ada)), ErrorCode.AUTHENTICATION_FAILED);
  }
}
