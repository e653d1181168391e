package io.dsa.lab.attack;

import io.dsa.client.Credentials;
import io.dsa.client.DsaClient;
import io.dsa.client.DsaException;
import io.dsa.client.Volume;
import io.dsa.client.VolumeOptions;
import io.dsa.protocol.CloseVolume;
import io.dsa.protocol.ConnectData;
import io.dsa.protocol.ExtentGrant;
import io.dsa.protocol.OpenMode;
import io.dsa.protocol.QueueToken;
import io.dsa.protocol.VolumeOpened;
import io.dsa.verbs.ConnectException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * Going on after it was over. Each time the attacker writes as fast as it can while its volume is
 * taken; then somebody else writes all of the volume, and has to find all of that there.
 */
final class RevocationAttacks implements Family {
  private static final int BYTES = 1 << 20;
  private static final byte OWN = 'v';

  private final AttackedServer server;
  private final Credentials admin;
  private final Credentials other;
  private final String otherVolume;

  private final Credentials sleeper;
  private final RawSession silent;
  private final RawQueue silentQueue;
  private final Hammer silentHammer;
  private final RawSession patient;
  private final QueueToken oldToken;
  private int volumes;

  /** Begins what takes its time: a session that says nothing, and a token that gets old. */
  RevocationAttacks(AttackedServer server, Credentials other, String otherVolume)
      throws InterruptedException {
    this.server = server;
    this.other = other;
    this.otherVolume = otherVolume;
    admin = Credentials.read(Path.of(System.getenv("DSA_CREDENTIALS")));
    String sleeping = newVolume();
    sleeper = AttackedServer.writer(server.admin(), "sleeper", sleeping);
    silent = RawSession.silent(server, sleeper);
    silentQueue = silent.queue(silent.open(sleeping, OpenMode.READ_WRITE));
    silentHammer = Hammer.start(silentQueue);
    patient = RawSession.begin(server, other);
    oldToken = patient.prepare(patient.open(otherVolume, OpenMode.SHARED_WRITE));
  }

  @Override
  public List<Attack> attacks() {
    return List.of(
        new Attack(
            "writing on after CloseVolume",
            tally ->
                revoke(
                    tally, (session, opened, _) -> session.ask(new CloseVolume(opened.handle())))),
        new Attack(
            "after the session was kicked",
            tally ->
                revoke(
                    tally,
                    (_, _, user) ->
                        server.admin().kick(Sessions.of(server, user.user()).getLast()))),
        new Attack(
            "after the user was removed",
            tally -> revoke(tally, (_, _, user) -> server.admin().removeUser(user.user()))),
        new Attack(
            "after the right was taken",
            tally ->
                revoke(tally, (_, _, user) -> server.admin().revoke(user.user(), volumeOf(user)))),
        new Attack("after another has taken the volume over", this::takenOver),
        new Attack("after delete --force, into the next volume there", this::deleted),
        new Attack("past the new end after a resize", this::resized),
        new Attack("after the lease has run out", this::leaseOver),
        new Attack("connecting with a token that has expired", this::expired));
  }

  private interface Revocation {
    void run(RawSession session, VolumeOpened opened, Credentials user) throws Exception;
  }

  private String newVolume() {
    String name = "revoked" + volumes++;
    var _ = server.admin().createVolume(name, BYTES);
    return name;
  }

  private static String volumeOf(Credentials user) {
    return user.user().replace("writer-of-", "");
  }

  private Credentials writerOf(String volume) {
    return AttackedServer.writer(server.admin(), "writer-of-" + volume, volume);
  }

  private void revoke(Tally tally, Revocation revocation) throws Exception {
    String name = newVolume();
    Credentials user = writerOf(name);
    try (RawSession session = RawSession.begin(server, user)) {
      VolumeOpened opened = session.open(name, OpenMode.READ_WRITE);
      try (RawQueue queue = session.queue(opened)) {
        ExtentGrant grant = queue.grant();
        Hammer hammer = Hammer.start(queue);
        revocation.run(session, opened, user);
        try (DsaClient client = DsaClient.connect(server.control(), AttackedServer.options(admin));
            Volume volume = client.open(name, OpenMode.READ_WRITE)) {
          check(tally, volume, hammer);
          onAnotherQueue(tally, grant);
          assertUntouched(tally, volume);
        }
      }
    }
  }

  /** The next owner writes, and finds what it has written once the attacker has failed. */
  private static void check(Tally tally, Volume volume, Hammer hammer) throws Exception {
    byte[] all = new byte[BYTES];
    Arrays.fill(all, OWN);
    volume.write(0, all);
    String end = hammer.end();
    if (end.equals("still writing")) {
      tally.breach(end);
    } else {
      tally.refused(end);
    }
    assertUntouched(tally, volume);
  }

  private static void assertUntouched(Tally tally, Volume volume) {
    byte[] back = new byte[BYTES];
    volume.read(0, back);
    for (byte value : back) {
      if (value != OWN) {
        tally.breach("a byte was written afterwards");
        return;
      }
    }
  }

  /** The old key, where its queue pair is gone: on another one that stands. */
  private void onAnotherQueue(Tally tally, ExtentGrant old) throws InterruptedException {
    try (RawSession session = RawSession.begin(server, other);
        RawQueue queue = session.queue(session.open(otherVolume, OpenMode.SHARED_WRITE))) {
      KeyAttacks.count(tally, queue.write(old.remoteAddress(), Long.BYTES, old.rkey()));
    }
  }

  private void takenOver(Tally tally) throws Exception {
    String name = newVolume();
    try (RawSession session = RawSession.begin(server, writerOf(name));
        RawQueue queue = session.queue(session.open(name, OpenMode.READ_WRITE))) {
      Hammer hammer = Hammer.start(queue);
      try (DsaClient client = DsaClient.connect(server.control(), AttackedServer.options(admin));
          Volume volume = client.takeOver(name, OpenMode.READ_WRITE, VolumeOptions.defaults())) {
        check(tally, volume, hammer);
      }
    }
  }

  private void deleted(Tally tally) throws Exception {
    String name = newVolume();
    try (RawSession session = RawSession.begin(server, writerOf(name));
        RawQueue queue = session.queue(session.open(name, OpenMode.READ_WRITE))) {
      Hammer hammer = Hammer.start(queue);
      server.admin().takeAndDeleteVolume(name);
      // The space that has just come free is the first that fits.
      String next = newVolume();
      try (DsaClient client = DsaClient.connect(server.control(), AttackedServer.options(admin));
          Volume volume = client.open(next, OpenMode.READ_WRITE)) {
        byte[] back = new byte[BYTES];
        volume.read(0, back);
        if (!Arrays.equals(back, new byte[BYTES])) {
          tally.breach("the next volume is not empty");
        }
        check(tally, volume, hammer);
      }
    }
  }

  /** What is open keeps its size; shrinking is refused; what grew is reached only when reopened. */
  private void resized(Tally tally) throws Exception {
    String name = newVolume();
    try (RawSession session = RawSession.begin(server, writerOf(name))) {
      VolumeOpened opened = session.open(name, OpenMode.READ_WRITE);
      try (RawQueue queue = session.queue(opened)) {
        try {
          server.admin().resizeVolume(name, BYTES / 2);
          tally.breach("an open volume was shrunk");
        } catch (DsaException e) {
          tally.refused("shrinking while open: " + e.category());
        }
        server.admin().resizeVolume(name, 2 * BYTES);
        long end = queue.grant().remoteAddress() + queue.grant().length();
        KeyAttacks.count(tally, queue.write(end, Long.BYTES, queue.grant().rkey()));
      }
      session.ask(new CloseVolume(opened.handle()));
      server.admin().resizeVolume(name, BYTES / 2);
      try (RawQueue queue = session.queue(session.open(name, OpenMode.READ_WRITE))) {
        long end = queue.grant().remoteAddress() + BYTES / 2;
        KeyAttacks.count(tally, queue.write(end, Long.BYTES, queue.grant().rkey()));
      }
    }
  }

  /** It wrote all the time, which says nothing to the server. */
  private void leaseOver(Tally tally) throws Exception {
    String end = silentHammer.end();
    if (end.equals("still writing")) {
      tally.breach(end);
    } else {
      tally.refused(end);
    }
    if (RawSession.ends(silent.rpc())) {
      tally.refused("the session is ended");
    } else {
      tally.breach("the session goes on");
    }
    try (DsaClient client = DsaClient.connect(server.control(), AttackedServer.options(sleeper));
        Volume volume = client.open("revoked0", OpenMode.READ_WRITE)) {
      byte[] all = new byte[BYTES];
      Arrays.fill(all, OWN);
      volume.write(0, all);
      onAnotherQueue(tally, silentQueue.grant());
      assertUntouched(tally, volume);
    }
  }

  private void expired(Tally tally) throws InterruptedException {
    try (RawQueue _ = RawQueue.connect(server, server.data(), new ConnectData(oldToken).encode())) {
      tally.breach("connected");
    } catch (ConnectException e) {
      String message = e.getMessage();
      tally.refused(message.substring(message.lastIndexOf(": ") + 2));
    }
  }

  @Override
  public void close() {
    silentQueue.close();
    silent.close();
    patient.close();
    for (int i = 0; i < volumes; i++) {
      try {
        server.admin().takeAndDeleteVolume("revoked" + i);
      } catch (DsaException e) {
        // Deleted by its attack.
      }
    }
  }
}
