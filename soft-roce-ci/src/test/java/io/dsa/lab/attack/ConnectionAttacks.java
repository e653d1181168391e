package io.dsa.lab.attack;

import io.dsa.client.Credentials;
import io.dsa.protocol.AttachQueue;
import io.dsa.protocol.CloseVolume;
import io.dsa.protocol.ConnectData;
import io.dsa.protocol.MessageCodec;
import io.dsa.protocol.OpenMode;
import io.dsa.protocol.QueueAttached;
import io.dsa.protocol.QueueToken;
import io.dsa.protocol.Reply;
import io.dsa.protocol.VolumeOpened;
import io.dsa.verbs.ConnectException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Data queues without the right to one. */
final class ConnectionAttacks implements Family {
  /** What the connection manager takes. */
  private static final int PRIVATE_DATA = 56;

  /** So many can be tried, twice each, before a token gets old. */
  private static final int LENGTHS = 4;

  private final AttackedServer server;
  private final RawSession attacker;
  private final RawSession victim;
  private final Credentials attackerUser;
  private final String attackerVolume;
  private final VolumeOpened attackers;
  private final VolumeOpened victims;
  private final Random random = new Random(5);

  /** Opens a session of each user, with his volume. */
  ConnectionAttacks(
      AttackedServer server,
      Credentials attacker,
      String attackerVolume,
      Credentials victim,
      String victimVolume) {
    this.server = server;
    this.attackerUser = attacker;
    this.attackerVolume = attackerVolume;
    this.attacker = RawSession.begin(server, attacker);
    this.victim = RawSession.begin(server, victim);
    attackers = this.attacker.open(attackerVolume, OpenMode.SHARED_WRITE);
    victims = this.victim.open(victimVolume, OpenMode.SHARED_WRITE);
  }

  @Override
  public List<Attack> attacks() {
    return List.of(
        new Attack("a data queue without a token", this::missing),
        new Attack("with random private data", this::random),
        new Attack("with a good token, spoiled or cut short", this::spoiled),
        new Attack("with private data of every length", this::everyLength),
        new Attack("with tokens that were never given", this::guessed),
        new Attack("with a token that is used up", this::reused),
        new Attack("with another session's token, once that has used it", this::stolenAfterUse),
        new Attack("with another session's token, before that uses it", this::stolenBeforeUse),
        new Attack("with a token of a volume or session that is closed", this::ofClosed),
        new Attack("grants that the queue does not have", this::beyondTheGrants));
  }

  private int times() {
    return server.times(100, 5);
  }

  private void connect(Tally tally, byte[] privateData) throws InterruptedException {
    try (RawQueue _ = RawQueue.connect(server, server.data(), privateData)) {
      tally.breach("connected");
    } catch (ConnectException e) {
      if (e.reason() == ConnectException.Reason.REFUSED) {
        String message = e.getMessage();
        tally.refused(message.substring(message.lastIndexOf(": ") + 2));
      } else {
        tally.breach(e.getMessage());
      }
    }
  }

  private void missing(Tally tally) throws InterruptedException {
    for (int i = 0; i < times(); i++) {
      connect(tally, new byte[0]);
    }
  }

  private void random(Tally tally) throws InterruptedException {
    for (int i = 0; i < times(); i++) {
      byte[] data = new byte[1 + random.nextInt(PRIVATE_DATA)];
      random.nextBytes(data);
      connect(tally, data);
    }
  }

  private byte[] goodData() throws InterruptedException {
    byte[] good = new ConnectData(attacker.prepare(attackers)).encode();
    // Cut short, one that ends in zero is whole again: the connection manager pads with zeros.
    return good[good.length - 1] == 0 ? goodData() : good;
  }

  private void spoiled(Tally tally) throws InterruptedException {
    byte[] good = goodData();
    for (int length = 1; length < good.length; length += 7) {
      connect(tally, Arrays.copyOf(good, length));
    }
    byte[] otherMagic = good.clone();
    otherMagic[0]++;
    connect(tally, otherMagic);
    byte[] versionZero = good.clone();
    versionZero[5] = 0;
    connect(tally, versionZero);
    // Few, since the token is good for ten seconds.
    for (int i = 0; i < server.times(20, 5); i++) {
      byte[] otherToken = good.clone();
      otherToken[8 + random.nextInt(QueueToken.BYTES)] ^= (byte) (1 << random.nextInt(8));
      connect(tally, otherToken);
    }
    // None of that has used it up.
    RawQueue.connect(server, server.data(), good).close();
  }

  /** Both noise and what would be a good token, but for its last byte. */
  private void everyLength(Tally tally) throws InterruptedException {
    for (int from = 0; from <= PRIVATE_DATA; from += LENGTHS) {
      byte[] good = goodData();
      int last = good.length - 1;
      for (int length = from; length < from + LENGTHS && length <= PRIVATE_DATA; length++) {
        byte[] data = new byte[length];
        random.nextBytes(data);
        connect(tally, data);
        System.arraycopy(good, 0, data, 0, Math.min(length, last));
        if (length > last) {
          data[last] = (byte) ~good[last];
        }
        connect(tally, data);
      }
      // None of that has used it up.
      RawQueue.connect(server, server.data(), good).close();
    }
  }

  private void guessed(Tally tally) throws InterruptedException {
    for (int i = 0; i < times(); i++) {
      connect(tally, new ConnectData(QueueToken.random()).encode());
    }
  }

  private void reused(Tally tally) throws InterruptedException {
    byte[] data = new ConnectData(attacker.prepare(attackers)).encode();
    try (RawQueue _ = RawQueue.connect(server, server.data(), data)) {
      connect(tally, data);
    }
    connect(tally, data);
  }

  private void stolenAfterUse(Tally tally) throws InterruptedException {
    QueueToken token = victim.prepare(victims);
    byte[] data = new ConnectData(token).encode();
    try (RawQueue _ = RawQueue.connect(server, server.data(), data)) {
      connect(tally, data);
      tally.expect("UNKNOWN_TOKEN", attach(token));
    }
  }

  private void beyondTheGrants(Tally tally) throws InterruptedException {
    QueueToken token = attacker.prepare(attackers);
    try (RawQueue _ = RawQueue.connect(server, server.data(), new ConnectData(token).encode())) {
      for (int first : new int[] {1 << 16, Integer.MAX_VALUE}) {
        Reply reply = attacker.ask(new AttachQueue(token, first));
        boolean none = reply instanceof QueueAttached page && page.grants().isEmpty();
        tally.expect("none", none ? "none" : reply.toString());
      }
      byte[] negative = MessageCodec.encode(new AttachQueue(token, Integer.MAX_VALUE));
      negative[negative.length - Integer.BYTES] = (byte) 0xFF;
      tally.expect("BAD_REQUEST", RawSession.answer(attacker.rpc(), negative));
    }
  }

  private String attach(QueueToken token) {
    return RawSession.answer(attacker.rpc(), new AttachQueue(token, 0));
  }

  /** Who is first has a queue pair, since a token is all that is asked for, but nothing on it. */
  private void stolenBeforeUse(Tally tally) throws InterruptedException {
    QueueToken token = victim.prepare(victims);
    try (RawQueue stolen =
            RawQueue.connect(server, server.data(), new ConnectData(token).encode());
        RawQueue own = attacker.queue(attackers);
        RawQueue ofVictim = victim.queue(victims)) {
      tally.expect("UNKNOWN_TOKEN", attach(token));
      KeyAttacks.count(
          tally,
          stolen.write(ofVictim.grant().remoteAddress(), Long.BYTES, ofVictim.grant().rkey()));
      tally.expect(
          "success", own.read(own.grant().remoteAddress(), Long.BYTES, own.grant().rkey()));
    }
  }

  private void ofClosed(Tally tally) throws InterruptedException {
    try (RawSession session = RawSession.begin(server, attackerUser)) {
      VolumeOpened volume = session.open(attackerVolume, OpenMode.SHARED_WRITE);
      QueueToken ofVolume = session.prepare(volume);
      if (!RawSession.answer(session.ask(new CloseVolume(volume.handle()))).equals("Done")) {
        throw new IllegalStateException("the volume was not closed");
      }
      connect(tally, new ConnectData(ofVolume).encode());
    }
    RawSession session = RawSession.begin(server, attackerUser);
    QueueToken ofSession = session.prepare(session.open(attackerVolume, OpenMode.SHARED_WRITE));
    long id = Sessions.of(server, attackerUser.user()).getLast();
    session.close();
    Sessions.awaitEnd(server, id);
    connect(tally, new ConnectData(ofSession).encode());
  }

  @Override
  public void close() {
    attacker.close();
    victim.close();
  }
}
