package io.dsa.lab.attack;

import static io.dsa.lab.attack.RawQueue.SPAN;
import static io.dsa.lab.attack.VerbsSession.SEVERAL_PACKETS_BYTES;
import static io.dsa.lab.attack.VerbsSession.SUCCESS;
import static io.dsa.lab.attack.VerbsSession.rkey;

import io.dsa.protocol.ExtentGrant;
import io.dsa.verbs.CompletionStatus;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/** What DSA's own library never sends, sent by {@code verbs_attack}. */
final class SendAttacks implements Family {
  private static final String NOT_READY = "RNR retry counter exceeded";

  /** Shorter than a connection on which nobody says who he is may stand. */
  private static final Duration SOON = Duration.ofSeconds(10);

  private final AttackedServer server;
  private final VerbsSession session;

  SendAttacks(AttackedServer server, VerbsSession session) {
    this.server = server;
    this.session = session;
  }

  @Override
  public List<Attack> attacks() {
    return List.of(
        new Attack("SEND, and invalidating, on a data queue", this::sendOnData),
        new Attack("an immediate on a control connection", this::immediate),
        new Attack("invalidating on a control connection", this::invalidateOnControl));
  }

  private interface Sending {
    String ask(ExtentGrant grant) throws IOException;
  }

  /** The server has no room for messages there; what they invalidate besides must stand. */
  private void sendOnData(Tally tally) throws IOException, InterruptedException {
    List<Sending> sendings =
        List.of(
            _ -> session.ask("send", SPAN),
            _ -> session.ask("send", SEVERAL_PACKETS_BYTES),
            _ -> session.ask("send-imm", SPAN),
            grant -> session.ask("send-inv", rkey(grant), SPAN),
            _ -> session.ask("send-inv", rkey(session.ofVictim()), SPAN),
            _ -> session.ask("send-inv", rkey(session.ofVictim()), 0),
            grant -> session.ask("write-imm", rkey(grant), grant.remoteAddress(), SPAN),
            _ -> session.ask("write-imm", 0, 0, 0),
            _ ->
                session.ask(
                    "write-imm",
                    rkey(session.ofVictim()),
                    session.ofVictim().remoteAddress(),
                    SPAN));
    ExtentGrant grant = session.queue();
    for (Sending sending : sendings) {
      tally.expect(NOT_READY, sending.ask(grant));
      session.program().revive();
      // The queue and its window are what they were.
      tally.expect(SUCCESS, session.ask("read", rkey(grant), grant.remoteAddress(), SPAN, 1));
    }
    // All packets but the last are written by then: the queue pair cannot go on at the first.
    tally.expect(
        NOT_READY,
        session.ask("write-imm", rkey(grant), grant.remoteAddress(), SEVERAL_PACKETS_BYTES));
    session.victimGoesOn(tally);
  }

  /**
   * It needs no rkey and takes a receive of the server's, which then holds what was in it before.
   */
  private void immediate(Tally tally) throws IOException {
    session.control();
    tally.expect(SUCCESS, session.ask("write-imm", 0, 0, 0));
    ended(tally);
    session.control();
    tally.expect(SUCCESS, session.ask("send-imm", SPAN));
    ended(tally);
    session.program().disconnect();
  }

  private void ended(Tally tally) throws IOException {
    String answer = session.program().awaitEnd(SOON);
    if (answer.equals(VerbsAttacker.ENDED)) {
      tally.refused("the server ends the connection");
    } else {
      tally.breach("the server goes on as if it had been a message: " + answer);
    }
  }

  /**
   * There the server has room for messages, so that its device does what they ask. InfiniBand has a
   * device look whose window it is: one of type 2B is bound to a queue pair. SoftRoCE does not
   * (rxe_check_invalidate_mw, as of Linux 7.3). Nobody reads or writes by that, and no server can
   * keep its device from it: there it is told, and elsewhere it is a breach. Once for each window:
   * by its code, SoftRoCE would crash the kernel the second time.
   */
  private void invalidateOnControl(Tally tally) throws IOException, InterruptedException {
    List<Long> keys =
        IntStream.concat(
                IntStream.of(0, 0x7fff_ff01),
                RegionKeys.ofAtLeast(session.bytes()).stream().mapToInt(key -> key))
            .mapToObj(Integer::toUnsignedLong)
            .toList();
    for (long key : keys) {
      session.control();
      // SoftRoCE acknowledges even what it refuses.
      session.answered(tally, "send-inv", key, SPAN);
      session.program().disconnect();
      session.victimGoesOn(tally);
    }
    session.control();
    String answer = session.ask("send-inv", rkey(session.ofVictim()), SPAN);
    session.program().disconnect();
    judge(tally, answer, session.victimReads());
    session.renewVictim();
    session.victimGoesOn(tally);
  }

  private void judge(Tally tally, String answer, String after) {
    boolean softRoce = server.device().attributes().name().startsWith("rxe");
    if (VerbsSession.isAnswer(answer) && after.equals(SUCCESS)) {
      tally.refused("another's window stands");
    } else if (softRoce
        && answer.equals(SUCCESS)
        && after.equals(CompletionStatus.text(CompletionStatus.REMOTE_ACCESS_ERROR))) {
      tally.letThroughByDevice("another's window is invalidated, its owner reads: " + after);
    } else {
      tally.breach("another's window: " + answer + ", and its owner reads: " + after);
    }
  }
}
