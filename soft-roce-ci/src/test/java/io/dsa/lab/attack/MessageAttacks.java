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
import io.dsa.verbs.darpc.RpcClient;
import io.dsa.verbs.darpc.RpcLimits;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/** Messages that are none, and frames that DaRPC does not expect. */
final class MessageAttacks implements Family {
  private static final String INTERNAL = "INTERNAL";

  /** In flight at a time, as many as a client may have. */
  private static final int PIPELINE = RpcLimits.defaults().pipelineDepth();

  private final AttackedServer server;
  private final RawSession session;
  private final List<byte[]> valid;
  private final Random random = new Random(5);

  /** Begins a session, whose user may do what the messages say that happen to be sound. */
  MessageAttacks(AttackedServer server, Credentials user, String volume) {
    this.server = server;
    session = RawSession.begin(server, user);
    List<Request> requests =
        List.of(
            new Heartbeat(),
            new ServerInfo(0),
            new Authenticate(Bytes32.random()),
            new ListVolumes(""),
            new ShowVolume(volume),
            new OpenVolume(volume, OpenMode.READ_ONLY, Optional.empty(), false, false),
            new PrepareQueue(1),
            new AttachQueue(QueueToken.random(), 0),
            new Persist(1, 0, 1),
            new CloseVolume(1));
    valid = requests.stream().map(MessageCodec::encode).toList();
  }

  @Override
  public List<Attack> attacks() {
    return List.of(
        new Attack("random messages", tally -> storm(tally, session.rpc(), this::garbage)),
        new Attack("truncated messages", tally -> storm(tally, session.rpc(), this::truncated)),
        new Attack(
            "messages with bytes changed", tally -> storm(tally, session.rpc(), this::mutated)),
        new Attack("random messages before authentication", this::beforeAuthentication),
        new Attack("messages longer than the server's buffers", this::oversized),
        new Attack("frames that lie about their length", this::lyingFrames),
        new Attack("frames without room for a ticket", this::runts),
        new Attack("tickets out of range, and the same one again", this::tickets),
        new Attack("more requests than the pipeline takes", this::pipelining),
        new Attack("a client that never polls for its replies", this::neverPolls));
  }

  private byte[] garbage() {
    byte[] message = new byte[random.nextInt(MessageCodec.MAX_MESSAGE_BYTES + 1)];
    random.nextBytes(message);
    return message;
  }

  private byte[] sound() {
    return valid.get(random.nextInt(valid.size()));
  }

  private byte[] truncated() {
    byte[] message = sound();
    return Arrays.copyOf(message, random.nextInt(message.length));
  }

  private byte[] mutated() {
    byte[] message = sound().clone();
    int changes = 1 + random.nextInt(4);
    for (int i = 0; i < changes; i++) {
      message[random.nextInt(message.length)] = (byte) random.nextInt(256);
    }
    return message;
  }

  /** A third of 100,000 each. */
  private void storm(Tally tally, RpcClient rpc, Supplier<byte[]> messages) {
    int left = server.times(33_334, 400);
    while (left > 0) {
      List<CompletableFuture<byte[]>> calls = new ArrayList<>();
      for (int i = Math.min(left, PIPELINE); i > 0; i--) {
        calls.add(rpc.call(messages.get(), AttackedServer.SOON));
        left--;
      }
      for (CompletableFuture<byte[]> call : calls) {
        count(tally, call);
      }
    }
    if (!RawSession.answer(rpc, new Heartbeat()).equals("Done")) {
      tally.breach("the session itself was lost");
    }
  }

  /** An error is a refusal; so is the answer to a message that happened to be sound. */
  private static void count(Tally tally, CompletableFuture<byte[]> call) {
    String answer;
    try {
      answer = RawSession.answer(RawSession.decoded(call.join()));
    } catch (CompletionException e) {
      answer = RawSession.answer(e.getCause());
      tally.breach(answer);
      return;
    }
    if (answer.equals(INTERNAL)) {
      tally.breach(answer);
    } else {
      tally.refused(answer);
    }
  }

  private void beforeAuthentication(Tally tally) {
    for (int i = 0; i < server.times(20, 2); i++) {
      try (RpcClient rpc = RawSession.connect(server)) {
        for (int j = 0; j < PIPELINE; j++) {
          tally.expect("BAD_REQUEST", RawSession.answer(rpc, garbage()));
        }
      }
    }
  }

  private void oversized(Tally tally) throws InterruptedException {
    for (int i = 0; i < server.times(50, 3); i++) {
      int bytes = MessageCodec.MAX_MESSAGE_BYTES + 1 + random.nextInt(8192);
      RpcLimits limits = new RpcLimits(16 << 10, PIPELINE, 1);
      try (RpcClient rpc = RpcClient.connect(server.control(), limits, AttackedServer.SOON)) {
        byte[] message = Arrays.copyOf(sound(), bytes);
        tally.expect(RawSession.ENDED, RawSession.answer(rpc, message));
      }
    }
  }

  private void lyingFrames(Tally tally) throws Exception {
    int[] lengths = {-1, Integer.MIN_VALUE, Integer.MAX_VALUE, MessageCodec.MAX_MESSAGE_BYTES + 1};
    for (int length : lengths) {
      ended(tally, rpc -> rpc.send(0, length, sound()));
    }
  }

  private void runts(Tally tally) throws Exception {
    for (int bytes = 0; bytes < 8; bytes += 3) {
      int length = bytes;
      // What the buffer holds behind a runt is what came before, so that this may be answered.
      try (RawRpc rpc = RawRpc.connect(server, PIPELINE)) {
        var _ = rpc.sendBytes(new byte[length]);
        var _ = answer(tally, rpc, 0, "");
      }
    }
  }

  private interface Sending {
    void to(RawRpc rpc) throws Exception;
  }

  /** The server ends the connection, and by that alone answers. */
  private void ended(Tally tally, Sending sending) throws Exception {
    try (RawRpc rpc = RawRpc.connect(server, PIPELINE)) {
      sending.to(rpc);
      if (rpc.ends(AttackedServer.SOON)) {
        tally.refused(RawSession.ENDED);
      } else {
        tally.breach("the connection is kept");
      }
    }
  }

  private void tickets(Tally tally) throws Exception {
    byte[] heartbeat = MessageCodec.encode(new Heartbeat());
    for (int ticket : new int[] {-1, Integer.MIN_VALUE, Integer.MAX_VALUE, 4711}) {
      try (RawRpc rpc = RawRpc.connect(server, PIPELINE)) {
        var _ = rpc.send(ticket, heartbeat);
        var _ = answer(tally, rpc, ticket, "");
      }
    }
    try (RawRpc rpc = RawRpc.connect(server, PIPELINE)) {
      int left = 8 * PIPELINE;
      while (left > 0 && rpc.send(7, heartbeat) && answer(tally, rpc, 7, "same ticket: ")) {
        left--;
      }
    }
    try (RawRpc rpc = RawRpc.connect(server, PIPELINE)) {
      for (int i = 0; i < PIPELINE; i++) {
        var _ = rpc.send(7, heartbeat);
      }
      int left = PIPELINE;
      while (left > 0 && answer(tally, rpc, 7, "same ticket at once: ")) {
        left--;
      }
    }
  }

  /**
   * An answer to a stranger, under the ticket that it gave, or the end of its connection.
   *
   * @return whether more can come
   */
  private static boolean answer(Tally tally, RawRpc rpc, int ticket, String before)
      throws Exception {
    Optional<RawRpc.Event> event = rpc.next(Duration.ofSeconds(3));
    if (event.isEmpty() && !rpc.ends(Duration.ofSeconds(3))) {
      tally.breach(before + "neither an answer nor an end");
      return false;
    } else if (event.isEmpty() || event.get().reply().isEmpty()) {
      tally.refused(before + RawSession.ENDED);
      return false;
    } else {
      ByteBuffer reply = event.get().reply().get();
      if (reply.getInt() != ticket) {
        tally.breach(before + "an answer under another ticket");
      }
      byte[] message = new byte[reply.getInt()];
      reply.get(message);
      tally.expect(before + "BAD_REQUEST", before + RawSession.answer(RawSession.decoded(message)));
      return true;
    }
  }

  /** A client whose limits are its own to choose. */
  private void pipelining(Tally tally) throws InterruptedException {
    byte[] heartbeat = MessageCodec.encode(new Heartbeat());
    RpcLimits limits = new RpcLimits(MessageCodec.MAX_MESSAGE_BYTES, 16 * PIPELINE, 1);
    for (int i = 0; i < server.times(20, 1); i++) {
      try (RpcClient rpc = RpcClient.connect(server.control(), limits, AttackedServer.SOON)) {
        List<CompletableFuture<byte[]>> calls = new ArrayList<>();
        for (int j = 0; j < 16 * PIPELINE; j++) {
          calls.add(rpc.call(heartbeat, AttackedServer.SOON));
        }
        for (CompletableFuture<byte[]> call : calls) {
          try {
            tally.refused(RawSession.answer(RawSession.decoded(call.join())));
          } catch (CompletionException e) {
            tally.refused(RawSession.answer(e.getCause()));
          }
        }
      }
    }
  }

  /** The server's device finds no room for its reply, and gives up after a while. */
  private void neverPolls(Tally tally) throws Exception {
    byte[] heartbeat = MessageCodec.encode(new Heartbeat());
    for (int i = 0; i < server.times(20, 1); i++) {
      try (RawRpc rpc = RawRpc.connect(server, 0)) {
        for (int j = 0; j < PIPELINE; j++) {
          var _ = rpc.send(j, heartbeat);
        }
        if (rpc.ends(AttackedServer.SOON)) {
          tally.refused(RawSession.ENDED);
        } else {
          tally.breach("the connection is kept");
        }
      }
    }
  }

  @Override
  public void close() {
    session.close();
  }
}
