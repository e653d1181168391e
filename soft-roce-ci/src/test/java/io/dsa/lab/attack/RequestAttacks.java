package io.dsa.lab.attack;

import static io.dsa.lab.attack.RawQueue.SPAN;
import static io.dsa.lab.attack.VerbsSession.SEVERAL_PACKETS_BYTES;
import static io.dsa.lab.attack.VerbsSession.SUCCESS;
import static io.dsa.lab.attack.VerbsSession.end;
import static io.dsa.lab.attack.VerbsSession.rkey;

import io.dsa.protocol.ExtentGrant;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** One-sided requests that DSA's own library refuses to make, by {@code verbs_attack}. */
final class RequestAttacks implements Family {
  private static final int PIECES = 32;
  private static final String NO_ANSWER = "transport retry counter exceeded";

  /** Numbers of enum ibv_placement_type and, below, enum ibv_selectivity_level. */
  private static final int GLOBAL = 1;

  private static final int PERSISTENT = 2;
  private static final int RANGE = 0;
  private static final int WHOLE_REGION = 1;

  private final AttackedServer server;
  private final VerbsSession session;

  RequestAttacks(AttackedServer server, VerbsSession session) {
    this.server = server;
    this.session = session;
  }

  @Override
  public List<Attack> attacks() {
    return List.of(
        new Attack("misaligned atomics", this::misaligned),
        new Attack("READ and WRITE in pieces, past the end", this::piecesPastEnd),
        new Attack("FLUSH past the end, and of others' windows", this::flush),
        new Attack("nothing at all, by others' rkeys", this::nothing),
        new Attack("more READs in flight than were agreed upon", this::manyReads),
        new Attack("the region's own rkeys, as root knows them", this::ofRegions),
        new Attack("FLUSH by the region's own rkey, guessed", this::guessed));
  }

  private void misaligned(Tally tally) throws IOException, InterruptedException {
    for (String operation : List.of("fetch-add", "compare-swap", "atomic-write")) {
      for (int by = 1; by < Long.BYTES; by += server.times(1, 3)) {
        ExtentGrant grant = session.queue();
        session.refused(tally, operation, rkey(grant), grant.remoteAddress() + by);
      }
      ExtentGrant grant = session.queue();
      session.refused(tally, operation, rkey(grant), end(grant) - Integer.BYTES);
      grant = session.queue();
      session.refused(tally, operation, rkey(grant), -Integer.BYTES);
    }
  }

  private void piecesPastEnd(Tally tally) throws IOException, InterruptedException {
    for (long length : new long[] {session.bytes() + PIECES, 1L << 31, (1L << 32) - PIECES}) {
      ExtentGrant grant = session.queue();
      session.refused(tally, "read", rkey(grant), grant.remoteAddress(), length, PIECES);
    }
    for (String operation : List.of("read", "write")) {
      ExtentGrant grant = session.queue();
      session.refused(
          tally,
          operation,
          rkey(grant),
          end(grant) - SEVERAL_PACKETS_BYTES / 2,
          SEVERAL_PACKETS_BYTES,
          2);
    }
    ExtentGrant grant = session.queue();
    session.refused(tally, "write", rkey(grant), end(grant) - Long.BYTES, SPAN, 1);
    // The server's end is over, whatever becomes of this one.
    session.program().revive();
    tally.expect(NO_ANSWER, session.ask("read", rkey(grant), grant.remoteAddress(), SPAN, 1));
  }

  private void flush(Tally tally) throws IOException, InterruptedException {
    for (long at : new long[] {-Long.BYTES, session.bytes() - Long.BYTES, session.bytes()}) {
      ExtentGrant grant = session.queue();
      session.refused(
          tally, "flush", rkey(grant), grant.remoteAddress() + at, SPAN, PERSISTENT, RANGE);
    }
    ExtentGrant grant = session.queue();
    session.refused(
        tally,
        "flush",
        rkey(grant),
        grant.remoteAddress(),
        (1L << 32) - 1,
        GLOBAL | PERSISTENT,
        RANGE);
    grant = session.queue();
    session.refused(tally, "flush", rkey(grant), -Long.BYTES, 2 * Long.BYTES, PERSISTENT, RANGE);
    for (int level : new int[] {RANGE, WHOLE_REGION}) {
      var _ = session.queue();
      session.refused(
          tally,
          "flush",
          rkey(session.ofVictim()),
          session.ofVictim().remoteAddress(),
          SPAN,
          PERSISTENT,
          level);
    }
    // These move nothing, whatever the device says.
    Map<String, List<String>> answers = new TreeMap<>();
    flushOwn(answers, "no bytes", 0, PERSISTENT, RANGE);
    flushOwn(answers, "the whole region", 0, PERSISTENT, WHOLE_REGION);
    for (int type : new int[] {0, 4, 15}) {
      flushOwn(answers, "type " + type, SPAN, type, RANGE);
    }
    for (int level : new int[] {2, 3}) {
      flushOwn(answers, "level " + level, SPAN, PERSISTENT, level);
    }
    answers.forEach((answer, what) ->
        tally.note("within one's own window, " + String.join(", ", what) + ": " + answer));
    session.victimGoesOn(tally);
  }

  private void flushOwn(
      Map<String, List<String>> answers, String what, int length, int type, int level)
      throws IOException, InterruptedException {
    ExtentGrant grant = session.queue();
    String answer = session.ask("flush", rkey(grant), grant.remoteAddress(), length, type, level);
    answers.computeIfAbsent(answer, _ -> new ArrayList<>()).add(what);
  }

  /**
   * A READ or WRITE of no bytes succeeds whatever rkey it names, since InfiniBand forbids devices
   * to look at that (C9-88): it moves nothing, and tells nothing about the rkey. So that is no
   * breach; one byte would be.
   */
  private void nothing(Tally tally) throws IOException, InterruptedException {
    for (String operation : List.of("read", "write")) {
      ExtentGrant grant = session.queue();
      for (long key : new long[] {rkey(session.ofVictim()), 0, 0xdead_beefL}) {
        tally.note(
            "a "
                + operation
                + " of 0 bytes: "
                + session.ask(operation, key, session.ofVictim().remoteAddress(), 0, 1));
      }
      tally.expect(
          SUCCESS, session.ask(operation, rkey(grant), grant.remoteAddress(), Long.BYTES, 1));
      session.refused(
          tally, operation, rkey(session.ofVictim()), session.ofVictim().remoteAddress(), 1, 1);
    }
  }

  private void manyReads(Tally tally) throws IOException, InterruptedException {
    for (int i = 0; i < server.times(10, 1); i++) {
      ExtentGrant grant = session.queue(1);
      session.answered(
          tally, "reads", rkey(grant), grant.remoteAddress(), SEVERAL_PACKETS_BYTES / 8, 200);
    }
    // Where none was agreed upon.
    ExtentGrant grant = session.queue(0);
    session.answered(tally, "read", rkey(grant), grant.remoteAddress(), SPAN, 1);
    session.victimGoesOn(tally);
  }

  private void ofRegions(Tally tally) throws IOException, InterruptedException {
    List<Integer> keys = RegionKeys.ofAtLeast(session.bytes());
    long address = session.ofVictim().remoteAddress();
    for (int key : keys) {
      long named = Integer.toUnsignedLong(key);
      for (String operation : List.of("read", "write")) {
        var _ = session.queue();
        session.refused(tally, operation, named, address, SPAN, 1);
      }
      for (String operation : List.of("fetch-add", "compare-swap", "atomic-write")) {
        var _ = session.queue();
        session.refused(tally, operation, named, address);
      }
    }
    if (regionsOfVictim().isEmpty()) {
      tally.breach("none of them is the region of the victim's volume");
    }
    tally.note(keys.size() + " regions");
  }

  /** FLUSH is all that a region's key is good for: where it succeeds, it tells that it is right. */
  private List<Long> regionsOfVictim() throws IOException, InterruptedException {
    List<Long> found = new ArrayList<>();
    for (int key : RegionKeys.ofAtLeast(session.bytes())) {
      long named = Integer.toUnsignedLong(key);
      var _ = session.queue();
      String answer =
          session.ask("flush", named, session.ofVictim().remoteAddress(), SPAN, PERSISTENT, RANGE);
      if (answer.equals(SUCCESS)) {
        found.add(named);
      }
    }
    return found;
  }

  /** All of a right key but its last bits, which the device draws. */
  private void guessed(Tally tally) throws IOException, InterruptedException {
    long known = regionsOfVictim().getFirst();
    long address = session.ofVictim().remoteAddress();
    for (int i = 1; i <= server.times(0xff, 8); i++) {
      var _ = session.queue();
      long guess = (known & ~0xffL) | ((known + i) & 0xff);
      session.refused(tally, "flush", guess, address, SPAN, PERSISTENT, RANGE);
    }
  }
}
