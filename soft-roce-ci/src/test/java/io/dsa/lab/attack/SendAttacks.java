package io.dsa.lab.attack;

import static io.dsa.lab.attack.VerbsSession.SPAN;
import static io.dsa.lab.attack.VerbsSession.SUCCESS;
import static io.dsa.lab.attack.VerbsSession.rkey;

import io.dsa.protocol.ExtentGrant;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** What DSA's own library never sends, sent by {@code verbs_attack}. */
final class SendAttacks implements Family {
  /** What the connection manager takes. */
  private static final int PRIVATE_DATA = 56;

  private static final int PACKETS = 65536;
  private static final String NOT_READY = "RNR retry counter exceeded";

  /** Shorter than a connection on which nobody says who he is may stand. */
  private static final long SOON_NANOS = 10_000_000_000L;

  private final AttackedServer server;
  private final VerbsSession session;
  private final Random random = new Random(5);

  SendAttacks(AttackedServer server, VerbsSession session) {
    this.server = server;
    this.session = session;
  }

  @Override
  public List<Attack> attacks() {
    return List.of(
        new Attack("connection requests of every length", this::everyLength),
        new Attack("SEND, and invalidating, on a data queue", this::sendOnData),
        new Attack("an immediate on a control connection", this::immediate),
        new Attack("invalidating on a control connection", this::invalidateOnControl));
  }

  private String connect(byte[] data) throws IOException {
    String answer = session.program().connect(server.data(), data);
    session.program().disconnect();
    return answer;
  }

  private void refusedToConnect(Tally tally, byte[] data) throws IOException {
    String answer = connect(data);
    // 28: the server's program said no.
    if (answer.startsWith("RDMA_CM_EVENT_REJECTED 28")) {
      tally.refused(answer);
    } else {
      tally.breach(data.length + " bytes: " + answer);
    }
  }

  private byte[] goodData() throws InterruptedException {
    byte[] good = session.token();
    // Cut short, one that ends in zeros is whole again: the connection manager pads with them.
    return good[good.length - 1] == 0 ? goodData() : good;
  }

  private void everyLength(Tally tally) throws IOException, InterruptedException {
    byte[] good = goodData();
    for (int length = 0; length < good.length; length++) {
      refusedToConnect(tally, Arrays.copyOf(good, length));
    }
    // None of that has used it up.
    tally.expect(VerbsAttacker.CONNECTED, connect(good));
    for (int length = 0; length <= PRIVATE_DATA; length++) {
      byte[] data = new byte[length];
      random.nextBytes(data);
      refusedToConnect(tally, data);
      if (length >= good.length) {
        System.arraycopy(good, 0, data, 0, good.length - 1);
        refusedToConnect(tally, data);
      }
    }
    byte[] more = new byte[PRIVATE_DATA + 1];
    tally.note(more.length + " bytes: " + connect(more));
  }

  private interface Sending {
    String ask(ExtentGrant grant) throws IOException;
  }

  /** The server has no room for messages there; what else they ask for must not happen. */
  private void sendOnData(Tally tally) throws IOException, InterruptedException {
    List<Sending> sendings =
        List.of(
            _ -> session.ask("send", SPAN),
            _ -> session.ask("send", PACKETS),
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
    session.victimGoesOn(tally);
  }

  /**
   * It needs no rkey and takes a receive of the server's, which then holds what was in it before.
   */
  private void immediate(Tally tally) throws IOException, InterruptedException {
    session.control();
    tally.note("the device takes it: " + session.ask("write-imm", 0, 0, 0));
    ended(tally);
    session.control();
    tally.note("the device takes it: " + session.ask("send-imm", SPAN));
    ended(tally);
    session.program().disconnect();
  }

  /** A READ of no bytes is no message, and succeeds for as long as the connection stands. */
  private void ended(Tally tally) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + SOON_NANOS;
    while (session.ask("read", 0, 0, 0, 1).equals(SUCCESS)) {
      if (System.nanoTime() > deadline) {
        tally.breach("the server goes on as if it had been a message");
        return;
      }
      Thread.sleep(50);
    }
    tally.refused("the server ends the connection");
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
      var _ = invalidate(key);
      session.victimGoesOn(tally);
    }
    String answer = invalidate(rkey(session.ofVictim()));
    String after = session.victimReads();
    if (after.equals(SUCCESS)) {
      tally.refused("another's window stands");
    } else if (server.device().attributes().name().startsWith("rxe")) {
      tally.letThroughByDevice("another's window is invalidated, its owner reads: " + after);
    } else {
      tally.breach("another's window: " + answer + ", and its owner reads: " + after);
    }
    session.renewVictim();
    session.victimGoesOn(tally);
  }

  private String invalidate(long key) throws IOException {
    session.control();
    String answer = session.ask("send-inv", key, SPAN);
    session.program().disconnect();
    return answer;
  }
}
