package io.dsa.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.dsa.protocol.Authenticate;
import io.dsa.protocol.Bytes32;
import io.dsa.protocol.Challenge;
import io.dsa.protocol.Done;
import io.dsa.protocol.ErrorCode;
import io.dsa.protocol.ErrorReply;
import io.dsa.protocol.Heartbeat;
import io.dsa.protocol.Hello;
import io.dsa.protocol.HelloReply;
import io.dsa.protocol.InstanceId;
import io.dsa.protocol.ListVolumes;
import io.dsa.protocol.MessageCodec;
import io.dsa.protocol.ProtocolException;
import io.dsa.protocol.Reply;
import io.dsa.protocol.Request;
import io.dsa.protocol.Secret;
import io.dsa.protocol.ServerInfo;
import io.dsa.protocol.Transcript;
import io.dsa.server.access.Access;
import io.dsa.server.access.OpenToAll;
import io.dsa.server.access.Quota;
import io.dsa.server.access.Quotas;
import io.dsa.verbs.darpc.RpcLimits;
import io.dsa.verbs.darpc.RpcPeer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
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
  private AccessFixture fixture;
  private final Leases leases = new Leases();
  private ControlService service;
  private Secret ada;
  private long lastPeer;

  /** A client's end of a connection, and its handshake. */
  private final class Client implements RpcPeer {
    private final long id = ++lastPeer;
    private boolean closed;
    private boolean known;
    private byte[] hello = new byte[0];
    private Transcript transcript;

    Client() {
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

    Challenge greet(String user, String name) {
      hello = MessageCodec.encode(new Hello(1, name, Set.of(), user, Bytes32.random()));
      byte[] challenge = send(hello);
      transcript = Transcript.of(hello, challenge);
      return (Challenge) decode(challenge);
    }

    byte[] prove(Secret secret) {
      return send(MessageCodec.encode(new Authenticate(transcript.proof(secret))));
    }

    Client as(String user, Secret secret) {
      greet(user);
      assertThat(decode(prove(secret))).isInstanceOf(HelloReply.class);
      return this;
    }
  }

  private static Reply decode(byte[] reply) {
    try {
      return MessageCodec.decodeReply(reply);
    } catch (ProtocolException e) {
      throw new AssertionError(e);
    }
  }

  private static void refused(Reply reply, ErrorCode code, String... words) {
    assertThat(reply)
        .isInstanceOfSatisfying(
            ErrorReply.class,
            error -> {
              assertThat(error.code()).isEqualTo(code);
              assertThat(error.message()).hasLineCount(1);
              assertThat(words).allSatisfy(word -> assertThat(error.message()).contains(word));
            });
  }

  private ControlService serve(Access access) {
    ServerConfig config =
        new ServerConfig(
            "test",
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 7470),
            7471,
            List.of("memory:4MiB"),
            false,
            ServerConfig.Limits.DEFAULT,
            directory);
    return new ControlService(
        config,
        RpcLimits.defaults(),
        InstanceId.random(),
        List.of(),
        "1",
        access,
        leases,
        new VolumeCatalog(List.of()),
        new VolumeUsers(),
        null,
        _ -> {});
  }

  @BeforeEach
  void start() {
    fixture = new AccessFixture(directory);
    ada = fixture.users.add("ada", false, Quotas.NONE);
    service = serve(fixture.users);
  }

  @AfterEach
  void stop() {
    leases.close();
    fixture.close();
  }

  @Test
  void shouldProveItselfToWhoeverProvesToBeAUser() throws Exception {
    Client client = new Client();
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
    Client client = new Client();
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
    assertThat(new Client().greet("ada").nonce()).isNotEqualTo(new Client().greet("ada").nonce());
  }

  @Test
  void shouldRefuseAWrongSecretAndCloseTheConnection() {
    Client client = new Client();
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
    Client known = new Client();
    Client unknown = new Client();
    Client nobody = new Client();
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
    Client first = new Client();
    first.greet("ada");
    byte[] proof = MessageCodec.encode(new Authenticate(first.transcript.proof(ada)));
    assertThat(decode(first.send(proof))).isInstanceOf(HelloReply.class);

    Client second = new Client();
    second.send(first.hello);
    refused(decode(second.send(proof)), ErrorCode.AUTHENTICATION_FAILED);
    assertThat(second.closed).isTrue();
  }

  @Test
  void shouldTakeOneProofForAChallenge() {
    Client client = new Client().as("ada", ada);

    refused(decode(client.prove(ada)), ErrorCode.BAD_REQUEST, "once");
    refused(client.send(new Hello(1, "", Set.of(), "", Bytes32.ZEROS)), ErrorCode.BAD_REQUEST);
    assertThat(client.send(new Heartbeat())).isEqualTo(new Done());
  }

  @Test
  void shouldTakeNoSecondProofAfterAWrongOne() {
    Client client = new Client();
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
    Client silent = new Client();
    refused(silent.send(request), ErrorCode.BAD_REQUEST);
    if (!(request instanceof Authenticate)) {
      silent.greet("ada");
      refused(silent.send(request), ErrorCode.BAD_REQUEST, "Authenticate");
    }
  }

  @Test
  void shouldEndEverySessionOfAUserThatIsRemoved() {
    Secret bob = fixture.users.add("bob", false, Quotas.NONE);
    Client first = new Client().as("ada", ada);
    Client second = new Client().as("ada", ada);
    Client other = new Client().as("bob", bob);

    fixture.users.remove("ada");

    assertThat(first.closed).isTrue();
    assertThat(second.closed).isTrue();
    assertThat(other.closed).isFalse();
    refused(first.send(new Heartbeat()), ErrorCode.AUTHENTICATION_FAILED);
    assertThat(other.send(new Heartbeat())).isEqualTo(new Done());
  }

  @Test
  void shouldNotLetASessionLiveOnAsAnotherUserOfTheSameName() {
    Client first = new Client().as("ada", ada);
    fixture.users.remove("ada");
    Secret again = fixture.users.add("ada", true, Quotas.NONE);

    refused(first.send(new ServerInfo(0)), ErrorCode.AUTHENTICATION_FAILED);
    assertThat(new Client().as("ada", again).send(new Heartbeat())).isEqualTo(new Done());
  }

  @Test
  void shouldLetNobodyInWhoWasRemovedAfterTheChallenge() {
    Client late = new Client();
    late.greet("ada");
    fixture.users.remove("ada");

    refused(decode(late.prove(ada)), ErrorCode.AUTHENTICATION_FAILED);
    assertThat(late.closed).isTrue();
  }

  @Test
  void shouldHoldToTheQuotaOfSessions() {
    fixture.users.setQuotas("ada", Quotas.NONE.with(Quota.SESSIONS, 1));
    Client first = new Client().as("ada", ada);
    Client second = new Client();
    second.greet("ada");

    refused(decode(second.prove(ada)), ErrorCode.LIMIT, "quota sessions", "ada", "1");
    assertThat(second.closed).isTrue();
    service.closed(second);
    service.closed(first);
    assertThat(new Client().as("ada", ada).send(new Heartbeat())).isEqualTo(new Done());
  }

  @Test
  void shouldTellAClientTheQueuesOfItsQuota() {
    fixture.users.setQuotas("ada", Quotas.NONE.with(Quota.QUEUES, 2));
    Client client = new Client();
    client.greet("ada");

    assertThat(((HelloReply) decode(client.prove(ada))).limits().queues()).isEqualTo(2);
  }

  @Test
  void shouldKeepForAdminsWhatIsTheirs() {
    Client client = new Client().as("ada", ada);

    refused(client.send(new ServerInfo(0)), ErrorCode.NOT_PERMITTED, "role admin", "ada");
    fixture.users.setAdmin("ada", true);
    assertThat(client.send(new ServerInfo(0))).isNotInstanceOf(ErrorReply.class);
  }

  @Test
  void shouldSayThatItLetsEverybodyIn() {
    service = serve(new OpenToAll());
    Client client = new Client();
    assertThat(client.greet("").insecure()).isTrue();
    Reply reply = client.send(new Authenticate(Bytes32.ZEROS));

    assertThat(((HelloReply) reply).signature()).isEqualTo(Bytes32.ZEROS);
    assertThat(client.send(new ServerInfo(0))).isNotInstanceOf(ErrorReply.class);
    Client named = new Client();
    assertThat(named.greet("ada").insecure()).isTrue();
    refused(decode(named.prove(ada)), ErrorCode.AUTHENTICATION_FAILED);
  }
}
