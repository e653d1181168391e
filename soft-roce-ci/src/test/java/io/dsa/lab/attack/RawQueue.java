package io.dsa.lab.attack;

import io.dsa.protocol.ExtentGrant;
import io.dsa.verbs.CloseAll;
import io.dsa.verbs.CompletionQueue;
import io.dsa.verbs.CompletionStatus;
import io.dsa.verbs.Completions;
import io.dsa.verbs.QueuePair;
import io.dsa.verbs.QueuePairOptions;
import io.dsa.verbs.WorkRequests;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A queue pair that is connected to the server, on which anything can be asked of its device. For
 * one thread at a time.
 */
final class RawQueue implements AutoCloseable {
  /** Bytes of a request, where their number does not matter. */
  static final int SPAN = 64;

  private static final int DEPTH = 16;

  private static final Set<String> REMOTE_REFUSALS =
      Set.of(
          CompletionStatus.text(CompletionStatus.REMOTE_ACCESS_ERROR),
          CompletionStatus.text(CompletionStatus.REMOTE_INVALID_REQUEST),
          // The same, as ibv_wc_status_str(3) has it.
          "remote invalid request error",
          CompletionStatus.text(CompletionStatus.REMOTE_OPERATION_ERROR));

  private final AttackedServer server;
  private final QueuePair queuePair;
  private final CompletionQueue completionQueue;
  private final Completions completions = new Completions(1);
  private final WorkRequests requests = new WorkRequests(1);
  private List<ExtentGrant> grants = List.of();

  private RawQueue(AttackedServer server, QueuePair queuePair, CompletionQueue completionQueue) {
    this.server = server;
    this.queuePair = queuePair;
    this.completionQueue = completionQueue;
  }

  /**
   * Connects.
   *
   * @throws io.dsa.verbs.ConnectException as the server refuses
   */
  static RawQueue connect(AttackedServer server, InetSocketAddress to, byte[] privateData)
      throws InterruptedException {
    CompletionQueue completionQueue = server.device().createCompletionQueue(DEPTH);
    try {
      QueuePair queuePair =
          server
              .connections()
              .connect(
                  to,
                  new QueuePairOptions(server.domain(), completionQueue, DEPTH, 1),
                  privateData,
                  AttackedServer.SOON,
                  () -> {});
      return new RawQueue(server, queuePair, completionQueue);
    } catch (RuntimeException | InterruptedException e) {
      completionQueue.close();
      throw e;
    }
  }

  /**
   * Whether that is what the server's device says when it refuses, as against what this end's says
   * before it asks; in the words of {@link CompletionStatus} or of ibv_wc_status_str(3).
   */
  static boolean isRemoteRefusal(String answer) {
    return REMOTE_REFUSALS.contains(answer);
  }

  RawQueue with(List<ExtentGrant> granted) {
    grants = granted;
    return this;
  }

  /** The first one, which is the whole of a small volume. */
  ExtentGrant grant() {
    return grants.getFirst();
  }

  boolean isConnected() {
    return queuePair.isConnected();
  }

  /** Writes 'm', and returns the status of {@link CompletionStatus} in words. */
  String write(long address, int length, int rkey) {
    return run(batch ->
        batch.write(
            1, true, server.region().address(), length, server.region().localKey(), address, rkey));
  }

  String read(long address, int length, int rkey) {
    return run(batch ->
        batch.read(
            1,
            true,
            // Not where others write from.
            server.region().address() + server.region().length() / 2,
            length,
            server.region().localKey(),
            address,
            rkey));
  }

  String add(long address, int rkey) {
    return run(batch ->
        batch.fetchAndAdd(
            1,
            true,
            server.region().address() + server.region().length() / 2,
            server.region().localKey(),
            1,
            address,
            rkey));
  }

  String flush(long address, int length, int rkey) {
    return run(batch -> batch.flush(1, true, address, length, rkey, WorkRequests.Flush.PERSISTENT));
  }

  String atomicWrite(long address, int rkey) {
    return run(batch -> batch.atomicWrite(1, true, 1, address, rkey));
  }

  /** What a request comes to. */
  private String run(Consumer<WorkRequests> request) {
    requests.clear();
    request.accept(requests);
    int errno = queuePair.post(requests);
    if (errno != 0) {
      return "not posted, errno " + errno;
    }
    if (completionQueue.await(completions, AttackedServer.SOON.toNanos()) == 0) {
      return "no completion";
    }
    return CompletionStatus.text(completions.status(0));
  }

  @Override
  public void close() {
    CloseAll.inOrder(queuePair, completionQueue);
  }
}
