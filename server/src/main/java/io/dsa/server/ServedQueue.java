package io.dsa.server;

import io.dsa.protocol.ErrorCode;
import io.dsa.protocol.ExtentGrant;
import io.dsa.protocol.OpenMode;
import io.dsa.sal.Extent;
import io.dsa.server.access.Quota;
import io.dsa.verbs.Access;
import io.dsa.verbs.CloseAll;
import io.dsa.verbs.CompletionQueue;
import io.dsa.verbs.CompletionStatus;
import io.dsa.verbs.Completions;
import io.dsa.verbs.ConnectionRequest;
import io.dsa.verbs.MemoryRegion;
import io.dsa.verbs.MemoryWindow;
import io.dsa.verbs.ProtectionDomain;
import io.dsa.verbs.QueuePair;
import io.dsa.verbs.QueuePairOptions;
import io.dsa.verbs.RdmaDevice;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * The server's end of one data queue: a queue pair that the client's requests arrive on, and the
 * windows that let them through. It does no work while data moves. Thread-safe.
 */
final class ServedQueue implements AutoCloseable {
  /** Only window binds are posted on this end, and each is waited for. */
  private static final int DEPTH = 4;

  private static final Duration BIND_TIMEOUT = Duration.ofSeconds(2);
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(3);

  private final OpenVolume volume;
  private final RegionTable regionTable;
  private final Allowance allowance;
  private final Runnable onClose;
  private final CountDownLatch established = new CountDownLatch(1);
  private final List<Extent> held = new ArrayList<>();
  private final List<MemoryWindow> windows = new ArrayList<>();
  private final List<ExtentGrant> grants = new ArrayList<>();

  private CompletionQueue completionQueue;
  private QueuePair queuePair;
  private ProtectionDomain domain;
  private Future<?> expiry;
  private int allowed;
  private boolean closed;

  /**
   * Waits for its connection.
   *
   * @param allowance what windows are counted against
   */
  ServedQueue(OpenVolume volume, RegionTable regionTable, Allowance allowance, Runnable onClose) {
    this.volume = volume;
    this.regionTable = regionTable;
    this.allowance = allowance;
    this.onClose = onClose;
  }

  OpenVolume volume() {
    return volume;
  }

  /** What closes the queue should nobody connect; cancelled when somebody does. */
  synchronized void expireBy(Future<?> timer) {
    expiry = timer;
  }

  /** Takes the connection that came with this queue's token. */
  synchronized void accept(
      ConnectionRequest request, RdmaDevice device, ProtectionDomain dataDomain) {
    if (closed) {
      throw new RequestException(ErrorCode.UNKNOWN_TOKEN, "the queue is closed");
    }
    expiry.cancel(false);
    domain = dataDomain;
    completionQueue = device.createCompletionQueue(4 * DEPTH);
    queuePair = request.accept(new QueuePairOptions(dataDomain, completionQueue, DEPTH, 1), this);
  }

  void established() {
    established.countDown();
  }

  /** The grants on every extent; binds the windows the first time. */
  List<ExtentGrant> attach() throws InterruptedException {
    // The client may know of the connection a moment before this end does.
    if (!established.await(CONNECT_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new RequestException(ErrorCode.UNKNOWN_TOKEN, "the queue was never connected");
    }
    try {
      return bindAll();
    } catch (RuntimeException | InterruptedException e) {
      // Some windows may stand: a second try would grant only those.
      close();
      throw e;
    }
  }

  private synchronized List<ExtentGrant> bindAll() throws InterruptedException {
    if (closed) {
      throw new RequestException(ErrorCode.UNKNOWN_TOKEN, "the queue is closed");
    }
    if (grants.isEmpty()) {
      int access = accessOf(volume.mode()) | volume.pool().reach().flushAccess();
      long volumeOffset = 0;
      // Not a byte more than the volume's size: what is behind it is not the client's to touch.
      for (Extent extent : volume.volume().locate(0, volume.volume().bytes())) {
        List<MemoryRegion> regions = regionTable.acquire(volume.pool(), extent);
        held.add(extent);
        for (MemoryRegion region : regions) {
          grants.add(grant(region, volumeOffset, access));
          volumeOffset += region.length();
        }
      }
    }
    return List.copyOf(grants);
  }

  private static int accessOf(OpenMode mode) {
    return mode.writes()
        ? Access.REMOTE_READ | Access.REMOTE_WRITE | Access.REMOTE_ATOMIC
        : Access.REMOTE_READ;
  }

  private ExtentGrant grant(MemoryRegion region, long volumeOffset, int access)
      throws InterruptedException {
    allowance.take(Quota.WINDOWS);
    allowed++;
    MemoryWindow window = domain.allocateWindow();
    windows.add(window);
    int key = queuePair.bind(window, region, access, windows.size());
    awaitBind(windows.size());
    return new ExtentGrant(0, volumeOffset, region.length(), region.address(), key);
  }

  private void awaitBind(long requestId) throws InterruptedException {
    Completions completions = new Completions(1);
    long deadline = System.nanoTime() + BIND_TIMEOUT.toNanos();
    while (completionQueue.poll(completions) == 0) {
      completionQueue.requestNotification();
      if (completionQueue.poll(completions) > 0) {
        break;
      }
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        throw new RequestException(ErrorCode.RESOURCES, "a memory window was not bound in time");
      }
      completionQueue.awaitEvent(Duration.ofNanos(left));
    }
    if (completions.status(0) != CompletionStatus.SUCCESS
        || completions.workRequestId(0) != requestId) {
      throw new RequestException(
          ErrorCode.RESOURCES,
          "a memory window could not be bound: " + CompletionStatus.text(completions.status(0)));
    }
  }

  /** Revokes every window, then ends the connection. Idempotent. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    expiry.cancel(false);
    List<AutoCloseable> steps = new ArrayList<>(windows);
    if (queuePair != null) {
      steps.add(queuePair);
    }
    if (completionQueue != null) {
      steps.add(completionQueue);
    }
    held.forEach(extent -> steps.add(() -> regionTable.release(volume.pool(), extent)));
    steps.add(() -> allowance.give(Quota.WINDOWS, allowed));
    steps.add(onClose::run);
    CloseAll.of(steps);
  }
}
