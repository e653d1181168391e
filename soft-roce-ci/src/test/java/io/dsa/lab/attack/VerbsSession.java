package io.dsa.lab.attack;

import static io.dsa.lab.attack.RawQueue.SPAN;

import io.dsa.client.Credentials;
import io.dsa.protocol.ConnectData;
import io.dsa.protocol.ExtentGrant;
import io.dsa.protocol.OpenMode;
import io.dsa.protocol.QueueToken;
import io.dsa.protocol.VolumeOpened;
import io.dsa.verbs.CloseAll;
import java.io.IOException;
import java.util.Arrays;

/**
 * What {@code verbs_attack} attacks with, and whom: a session of the attacker's, spoken here, whose
 * data queues are the program's, and a data queue of a victim's. For one thread at a time.
 */
final class VerbsSession implements AutoCloseable {
  static final String SUCCESS = "success";

  static final int SEVERAL_PACKETS_BYTES = 1 << 16;

  private final AttackedServer server;
  private final RawSession attacker;
  private final RawSession victim;
  private final VolumeOpened writable;
  private final VolumeOpened victims;
  private final VerbsAttacker program;
  private RawQueue victimQueue;

  /** Opens a session of each user with his volume, and a queue of the victim. */
  VerbsSession(
      AttackedServer server,
      Credentials attacker,
      String attackerVolume,
      Credentials victim,
      String victimVolume)
      throws IOException, InterruptedException {
    this.server = server;
    // First, since it may be missing: nothing has begun by then.
    program = VerbsAttacker.start(server);
    this.attacker = RawSession.begin(server, attacker);
    this.victim = RawSession.begin(server, victim);
    writable = this.attacker.open(attackerVolume, OpenMode.SHARED_WRITE);
    victims = this.victim.open(victimVolume, OpenMode.SHARED_WRITE);
    victimQueue = this.victim.queue(victims);
  }

  VerbsAttacker program() {
    return program;
  }

  /** The size of either volume. */
  long bytes() {
    return writable.bytes();
  }

  /**
   * A new data queue of the program's, and what it has been granted there.
   *
   * @param depth READs in flight that are agreed upon
   */
  ExtentGrant queue(int depth) throws IOException, InterruptedException {
    // The server counts the old one until it hears of its end.
    program.disconnect();
    QueueToken token = attacker.prepare(writable);
    require(program.connect(server.data(), new ConnectData(token).encode(), depth));
    return attacker.attach(token).getFirst();
  }

  ExtentGrant queue() throws IOException, InterruptedException {
    return queue(VerbsAttacker.DEVICE_DEPTH);
  }

  /** A control connection of the program's, on which nobody has said who he is. */
  void control() throws IOException {
    require(program.connect(server.control(), new byte[0], VerbsAttacker.DEVICE_DEPTH));
  }

  private static void require(String answer) {
    if (!answer.equals(VerbsAttacker.CONNECTED)) {
      throw new IllegalStateException("not connected: " + answer);
    }
  }

  static long rkey(ExtentGrant grant) {
    return Integer.toUnsignedLong(grant.rkey());
  }

  static long end(ExtentGrant grant) {
    return grant.remoteAddress() + grant.length();
  }

  /** What the victim has been granted on its own queue. */
  ExtentGrant ofVictim() {
    return victimQueue.grant();
  }

  String victimReads() {
    return victimQueue.read(ofVictim().remoteAddress(), SPAN, ofVictim().rkey());
  }

  /** The victim's window is what it was. */
  void victimGoesOn(Tally tally) {
    tally.expect(SUCCESS, victimReads());
  }

  void renewVictim() throws InterruptedException {
    victimQueue.close();
    victimQueue = victim.queue(victims);
  }

  String ask(String request, long... words) throws IOException {
    return program.ask(request, words);
  }

  /** One try, which the server's device has to refuse. */
  void refused(Tally tally, String request, long... words) throws IOException {
    String answer = ask(request, words);
    if (RawQueue.isRemoteRefusal(answer)) {
      tally.refused(answer);
    } else if (answer.startsWith(VerbsAttacker.NOT_POSTED)) {
      tally.note(request + " is " + answer);
    } else {
      tally.breach(request + Arrays.toString(words) + ": " + answer);
    }
  }

  /** One try, which the server's device may do or refuse, as long as it answers. */
  void answered(Tally tally, String request, long... words) throws IOException {
    String answer = ask(request, words);
    if (isAnswer(answer)) {
      tally.refused(answer);
    } else {
      tally.breach(request + Arrays.toString(words) + ": " + answer);
    }
  }

  static boolean isAnswer(String answer) {
    return answer.equals(SUCCESS) || RawQueue.isRemoteRefusal(answer);
  }

  @Override
  public void close() {
    CloseAll.inOrder(program, victimQueue, attacker, victim);
  }
}
