package io.dsa.lab.attack;

import static io.dsa.lab.attack.RawQueue.SPAN;

import io.dsa.client.Credentials;
import io.dsa.protocol.ConnectData;
import io.dsa.protocol.ExtentGrant;
import io.dsa.protocol.OpenMode;
import io.dsa.protocol.VolumeOpened;
import java.util.List;
import java.util.Random;
import java.util.function.Function;

/** Memory that was not granted, or not for that: every refusal costs the attacker its queue. */
final class KeyAttacks implements Family {
  /** The low bits of an rkey, which the device draws anew; the others name the object. */
  private static final int KEY_BITS = 8;

  private final AttackedServer server;
  private final RawSession attacker;
  private final RawSession victim;
  private final VolumeOpened writable;
  private final VolumeOpened readable;
  private final RawQueue victimQueue;
  private final Random random = new Random(5);

  /** Opens a session of each user with his volume, and a queue of the victim. */
  KeyAttacks(
      AttackedServer server,
      Credentials attacker,
      String attackerVolume,
      Credentials victim,
      String victimVolume)
      throws InterruptedException {
    this.server = server;
    this.attacker = RawSession.begin(server, attacker);
    this.victim = RawSession.begin(server, victim);
    writable = this.attacker.open(attackerVolume, OpenMode.SHARED_WRITE);
    readable = this.attacker.open(attackerVolume, OpenMode.READ_ONLY);
    victimQueue = this.victim.queue(this.victim.open(victimVolume, OpenMode.SHARED_WRITE));
  }

  @Override
  public List<Attack> attacks() {
    return List.of(
        new Attack("another session's rkey on one's own queue", this::ofOthers),
        new Attack("another session's rkey on a control connection", this::onControl),
        new Attack("one's own rkey on another of one's own queues", this::ofOwnOtherQueue),
        new Attack("the region's own rkey: low numbers, neighbours of windows", this::ofRegion),
        new Attack("guessed rkeys", this::guessed),
        new Attack("WRITE and atomics on a READ_ONLY window", this::writeReadOnly),
        new Attack("past the end of a window", this::pastEnd),
        new Attack("before its start, and around the end of memory", this::beforeStart));
  }

  /** One try, which the server's device has to refuse: not this end's, before it is asked. */
  static void count(Tally tally, String status) {
    if (RawQueue.isRemoteRefusal(status)) {
      tally.refused(status);
    } else {
      tally.breach(status);
    }
  }

  /** One request on a queue of its own, which it breaks. */
  private void on(VolumeOpened volume, Tally tally, Function<RawQueue, String> request)
      throws InterruptedException {
    try (RawQueue queue = attacker.queue(volume)) {
      count(tally, request.apply(queue));
    }
  }

  private void ofOthers(Tally tally) throws InterruptedException {
    ExtentGrant grant = victimQueue.grant();
    long address = grant.remoteAddress();
    int rkey = grant.rkey();
    on(writable, tally, queue -> queue.read(address, SPAN, rkey));
    on(writable, tally, queue -> queue.write(address, SPAN, rkey));
    on(writable, tally, queue -> queue.add(address, rkey));
    on(writable, tally, queue -> queue.atomicWrite(address, rkey));
    on(writable, tally, queue -> queue.flush(address, SPAN, rkey));
  }

  private void onControl(Tally tally) throws InterruptedException {
    ExtentGrant grant = victimQueue.grant();
    for (boolean write : new boolean[] {true, false}) {
      try (RawQueue queue = RawQueue.connect(server, server.control(), new byte[0])) {
        count(
            tally,
            write
                ? queue.write(grant.remoteAddress(), SPAN, grant.rkey())
                : queue.read(grant.remoteAddress(), SPAN, grant.rkey()));
      }
    }
  }

  private void ofOwnOtherQueue(Tally tally) throws InterruptedException {
    try (RawQueue first = attacker.queue(writable)) {
      ExtentGrant grant = first.grant();
      on(writable, tally, queue -> queue.write(grant.remoteAddress(), SPAN, grant.rkey()));
      tally.note(
          "the first queue goes on: " + first.read(grant.remoteAddress(), SPAN, grant.rkey()));
    }
  }

  /** A queue without windows will do for a guess, and is soon made. */
  private void guess(Tally tally, int rkey) throws InterruptedException {
    byte[] token = new ConnectData(attacker.prepare(writable)).encode();
    long address = victimQueue.grant().remoteAddress();
    try (RawQueue queue = RawQueue.connect(server, server.data(), token)) {
      count(
          tally,
          random.nextBoolean()
              ? queue.read(address, SPAN, rkey)
              : queue.write(address, SPAN, rkey));
    }
  }

  /**
   * The region's own key grants nothing but FLUSH; it is low, since the device numbers regions from
   * the first on.
   */
  private void ofRegion(Tally tally) throws InterruptedException {
    int known = victimQueue.grant().rkey();
    for (int i = 0; i < server.times(300, 12); i++) {
      int low = (1 + random.nextInt(16)) << KEY_BITS | random.nextInt(1 << KEY_BITS);
      int near = (known >>> KEY_BITS) + random.nextInt(9) - 4;
      int neighbour = near << KEY_BITS | random.nextInt(1 << KEY_BITS);
      int rkey = i % 2 == 0 ? low : neighbour;
      guess(tally, rkey);
    }
  }

  private void guessed(Tally tally) throws InterruptedException {
    for (int i = 0; i < server.times(1000, 20); i++) {
      guess(tally, random.nextInt());
    }
  }

  private void writeReadOnly(Tally tally) throws InterruptedException {
    on(readable, tally, queue -> queue.write(start(queue), SPAN, queue.grant().rkey()));
    on(readable, tally, queue -> queue.add(start(queue), queue.grant().rkey()));
    on(readable, tally, queue -> queue.atomicWrite(start(queue), queue.grant().rkey()));
    try (RawQueue queue = attacker.queue(readable)) {
      tally.note("reading there: " + queue.read(start(queue), SPAN, queue.grant().rkey()));
    }
  }

  private static long start(RawQueue queue) {
    return queue.grant().remoteAddress();
  }

  private static long end(RawQueue queue) {
    return queue.grant().remoteAddress() + queue.grant().length();
  }

  private void pastEnd(Tally tally) throws InterruptedException {
    on(writable, tally, queue -> queue.write(end(queue) - 8, 16, queue.grant().rkey()));
    on(writable, tally, queue -> queue.read(end(queue) - 8, 16, queue.grant().rkey()));
    on(writable, tally, queue -> queue.write(end(queue), 8, queue.grant().rkey()));
    on(writable, tally, queue -> queue.read(end(queue), 1, queue.grant().rkey()));
    on(writable, tally, queue -> queue.add(end(queue), queue.grant().rkey()));
    on(writable, tally, queue -> queue.atomicWrite(end(queue), queue.grant().rkey()));
    on(writable, tally, queue -> queue.flush(end(queue) - 8, 16, queue.grant().rkey()));
    on(writable, tally, queue -> queue.read(end(queue) + (1L << 30), SPAN, queue.grant().rkey()));
  }

  private void beforeStart(Tally tally) throws InterruptedException {
    on(writable, tally, queue -> queue.write(start(queue) - 8, 16, queue.grant().rkey()));
    on(writable, tally, queue -> queue.read(start(queue) - 1, 1, queue.grant().rkey()));
    on(writable, tally, queue -> queue.add(start(queue) - 8, queue.grant().rkey()));
    on(writable, tally, queue -> queue.read(0, SPAN, queue.grant().rkey()));
    on(writable, tally, queue -> queue.read(-8, 16, queue.grant().rkey()));
    on(writable, tally, queue -> queue.write(-8, 16, queue.grant().rkey()));
  }

  @Override
  public void close() {
    victimQueue.close();
    attacker.close();
    victim.close();
  }
}
