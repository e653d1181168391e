package io.dsa.verbs.darpc;

import com.ibm.disni.RdmaCqProvider;
import com.ibm.disni.verbs.IbvContext;
import com.ibm.disni.verbs.IbvWC;
import com.ibm.disni.verbs.SVCPollCq;
import com.ibm.disni.verbs.SVCReqNotify;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A completion queue and the thread that empties it. Blocks when there is nothing to do. An error
 * of one completion reaches the endpoint it belongs to and no other, and the rest of the batch is
 * still delivered.
 */
final class CompletionLoop extends RdmaCqProvider {
  private static final Logger LOGGER = LoggerFactory.getLogger(CompletionLoop.class);
  private static final int BATCH = 32;

  /** Only an upper bound: closing wakes the thread. */
  private static final int WAIT_MILLIS = 10_000;

  private static final int JOIN_MILLIS = 1_000;

  private final Map<Integer, CompletionTarget> targets = new ConcurrentHashMap<>();
  private final IbvWC[] completions = new IbvWC[BATCH];
  private final SVCPollCq poll;
  private final SVCReqNotify arm;
  private final Thread thread;
  private final Consumer<Throwable> failed;
  private volatile boolean running = true;

  /** Why the thread could not go on. */
  private volatile Throwable failure;

  /**
   * @param failed told, on the thread, when it cannot go on
   */
  CompletionLoop(IbvContext context, int capacity, Consumer<Throwable> failed) throws IOException {
    CmFunctions.requireCompletionQueue(context, capacity);
    super(context, capacity);
    this.failed = failed;
    for (int i = 0; i < BATCH; i++) {
      completions[i] = new IbvWC();
    }
    poll = cq.poll(completions, BATCH);
    arm = cq.reqNotification(false);
    thread = Thread.ofPlatform().daemon().name("dsa-rpc-cq").unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  void register(int queuePair, CompletionTarget target) {
    targets.put(queuePair, target);
    Throwable why = failure;
    if (why != null) {
      fail(target, why);
    }
  }

  /** To be called before the queue pair is destroyed: its number may be given out again at once. */
  void unregister(int queuePair, CompletionTarget target) {
    targets.remove(queuePair, target);
  }

  private void run() {
    try {
      while (running) {
        arm.execute();
        while (drain() > 0) {
          // until dry: a completion that is older than the arming raises no event
        }
        if (running) {
          compChannel.getCqEvent(cq, WAIT_MILLIS);
        }
      }
    } catch (Throwable e) {
      if (running) {
        LOGGER.error("completion queue lost: {}", e.getMessage());
        LOGGER.debug("why it is lost", e);
        // Before the look at the targets: one that registers meanwhile sees it itself.
        failure = e;
        for (CompletionTarget target : targets.values()) {
          fail(target, e);
        }
        failed.accept(e);
      }
    }
  }

  /** What one target throws must not keep the others from hearing. */
  private static void fail(CompletionTarget target, Throwable why) {
    try {
      target.fail(why);
    } catch (Throwable e) {
      LOGGER.error("an endpoint could not be told of its end", e);
    }
  }

  private int drain() throws IOException {
    int polled = poll.execute().getPolls();
    for (int i = 0; i < polled; i++) {
      IbvWC completion = completions[i];
      // On an error DiSNI leaves qp_num as the completion before had it; libdisni puts it into
      // opcode.
      int queuePair = completion.getStatus() == 0 ? completion.getQp_num() : completion.getOpcode();
      CompletionTarget target = targets.get(queuePair);
      if (target == null) {
        LOGGER.debug("completion of queue pair {}, which is gone", queuePair);
        continue;
      }
      try {
        target.complete(completion);
      } catch (Throwable e) {
        // Errors too: what one endpoint throws must not end the thread that serves all.
        fail(target, e);
      }
    }
    return polled;
  }

  /** Ends the thread and frees queue and channel. The queue pairs must be gone. Idempotent. */
  @Override
  public void close() {
    synchronized (this) {
      if (!running) {
        return;
      }
      running = false;
    }
    try {
      // Wakes the thread; libdisni keeps the channel itself for as long as the queue needs it.
      compChannel.destroyCompChannel();
    } catch (IOException e) {
      LOGGER.warn("completion channel not destroyed", e);
    }
    try {
      thread.join(JOIN_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    try {
      cq.destroyCQ();
    } catch (IOException e) {
      LOGGER.warn("completion queue not destroyed", e);
    }
    if (!thread.isAlive()) {
      poll.free();
    }
  }
}
