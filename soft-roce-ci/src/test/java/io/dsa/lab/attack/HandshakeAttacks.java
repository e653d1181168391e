package io.dsa.lab.attack;

import io.dsa.client.Credentials;
import io.dsa.protocol.AttachQueue;
import io.dsa.protocol.Authenticate;
import io.dsa.protocol.Bytes32;
import io.dsa.protocol.CloseVolume;
import io.dsa.protocol.Heartbeat;
import io.dsa.protocol.ListVolumes;
import io.dsa.protocol.MessageCodec;
import io.dsa.protocol.OpenMode;
import io.dsa.protocol.OpenVolume;
import io.dsa.protocol.Persist;
import io.dsa.protocol.PrepareQueue;
import io.dsa.protocol.QueueToken;
import io.dsa.protocol.Request;
import io.dsa.protocol.ServerInfo;
import io.dsa.protocol.ShowVolume;
import io.dsa.protocol.Transcript;
import io.dsa.verbs.darpc.RpcClient;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Getting in as somebody else, or as nobody. */
final class HandshakeAttacks implements Family {
  private static final String FAILED = "AUTHENTICATION_FAILED";
  private static final String BAD = "BAD_REQUEST";

  private final AttackedServer server;
  private final Credentials user;
  private final String volume;

  HandshakeAttacks(AttackedServer server, Credentials user, String volume) {
    this.server = server;
    this.user = user;
    this.volume = volume;
  }

  @Override
  public List<Attack> attacks() {
    return List.of(
        new Attack("wrong proofs", tally -> guess(tally, user.user(), _ -> Bytes32.random())),
        new Attack("right proofs with one bit changed", this::flipBits),
        new Attack("proofs of a user who does not exist", this::unknownUser),
        new Attack("no user and no proof", tally -> guess(tally, "", _ -> Bytes32.ZEROS)),
        new Attack("a recorded handshake, replayed", this::replay),
        new Attack("a proof before any challenge", this::proofFirst),
        new Attack("a second Hello, a second proof", this::twice),
        new Attack("requests before authentication", this::tooEarly));
  }

  private int times() {
    return server.times(100, 5);
  }

  private void guess(Tally tally, String name, Function<Transcript, Bytes32> proof)
      throws InterruptedException {
    for (int i = 0; i < times(); i++) {
      try (RpcClient rpc = RawSession.connect(server)) {
        prove(tally, rpc, name, proof);
      }
    }
  }

  private static void prove(
      Tally tally, RpcClient rpc, String name, Function<Transcript, Bytes32> proof)
      throws InterruptedException {
    byte[] hello = RawSession.hello(name);
    byte[] challenge = rpc.call(hello, AttackedServer.SOON).join();
    Bytes32 given = proof.apply(Transcript.of(hello, challenge));
    tally.expect(FAILED, RawSession.answer(rpc, new Authenticate(given)));
    if (!RawSession.ends(rpc)) {
      tally.breach("the connection stays open");
    }
  }

  private void flipBits(Tally tally) throws InterruptedException {
    int[] bit = new int[1];
    guess(
        tally,
        user.user(),
        transcript -> {
          byte[] proof = transcript.proof(user.secret()).toBytes();
          int flipped = bit[0]++ * 37 % (8 * proof.length);
          proof[flipped / 8] ^= (byte) (1 << flipped % 8);
          return Bytes32.of(proof);
        });
  }

  private void unknownUser(Tally tally) throws InterruptedException {
    guess(tally, "nobody", transcript -> transcript.proof(user.secret()));
  }

  /** Everything of the client, nonce included; the server's nonce is what differs. */
  private void replay(Tally tally) throws InterruptedException {
    byte[] hello = RawSession.hello(user.user());
    byte[] proof;
    try (RpcClient rpc = RawSession.connect(server)) {
      Transcript transcript = Transcript.of(hello, rpc.call(hello, AttackedServer.SOON).join());
      proof = MessageCodec.encode(new Authenticate(transcript.proof(user.secret())));
      String answer = RawSession.answer(rpc, proof);
      if (!answer.equals("HelloReply")) {
        throw new IllegalStateException("the handshake to record failed: " + answer);
      }
    }
    for (int i = 0; i < times(); i++) {
      try (RpcClient rpc = RawSession.connect(server)) {
        var _ = rpc.call(hello, AttackedServer.SOON).join();
        tally.expect(FAILED, RawSession.answer(rpc, proof));
        if (!RawSession.ends(rpc)) {
          tally.breach("the connection stays open");
        }
      }
    }
  }

  private void proofFirst(Tally tally) {
    try (RpcClient rpc = RawSession.connect(server)) {
      for (int i = 0; i < times(); i++) {
        tally.expect(BAD, RawSession.answer(rpc, new Authenticate(Bytes32.random())));
      }
    }
  }

  private void twice(Tally tally) {
    try (RawSession session = RawSession.begin(server, user)) {
      for (int i = 0; i < times(); i++) {
        tally.expect(BAD, RawSession.answer(session.rpc(), RawSession.hello("admin")));
        tally.expect(BAD, RawSession.answer(session.rpc(), new Authenticate(Bytes32.random())));
      }
      if (!RawSession.answer(session.rpc(), new Heartbeat()).equals("Done")) {
        tally.breach("the session itself was lost");
      }
    }
  }

  private void tooEarly(Tally tally) {
    List<Request> requests =
        List.of(
            new Heartbeat(),
            new ServerInfo(0),
            new ListVolumes(""),
            new ShowVolume(volume),
            new OpenVolume(volume, OpenMode.READ_ONLY, Optional.empty(), false, true),
            new PrepareQueue(1),
            new AttachQueue(QueueToken.random(), 0),
            new Persist(1, 0, 1),
            new CloseVolume(1));
    try (RpcClient rpc = RawSession.connect(server)) {
      for (Request request : requests) {
        tally.expect(BAD, RawSession.answer(rpc, request));
      }
      var _ = rpc.call(RawSession.hello(user.user()), AttackedServer.SOON).join();
      for (Request request : requests) {
        tally.expect(BAD, RawSession.answer(rpc, request));
      }
    }
  }
}
