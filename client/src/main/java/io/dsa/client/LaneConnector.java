package io.dsa.client;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;

/**
 * Brings the lanes of a volume their queues, and opens the volume again when the connection is
 * lost: once for all lanes, on a thread of its own that is there only while a lane has work and no
 * queue. Thread-safe.
 *
 * <p>Before the volume is opened again, no lane has anything in flight and the old opening is
 * closed, at the server too if that can be reached: nothing of the old connection can arrive after
 * what is repeated on the new one.
 */
final class LaneConnector {
  private static final long FIRST_PAUSE_MILLIS = 10;
  private static final long LONGEST_PAUSE_MILLIS = 500;
  private static final long SHORT_LIFE_NANOS = 50_000_000;

  private final String volume;
  private final VolumeOptions options;
  private final Attachment.Source source;
  private final DeviceMemory memory;
  private final LostWrites lostWrites;
  private final Consumer<DsaException> onFailure;
  private List<Lane> lanes = List.of();

  private final Set<Lane> needy = new LinkedHashSet<>();
  private volatile Attachment current;

  /** When the volume was opened again at last. */
  private volatile long attached = System.nanoTime() - SHORT_LIFE_NANOS;

  private boolean lost;
  private boolean ended;
  private Thread worker;
  private volatile DsaException trouble;

  /**
   * Starts nothing yet.
   *
   * @param first the volume as it is open now
   * @param onFailure told once when the volume cannot be opened again, ever
   */
  LaneConnector(
      String volume,
      VolumeOptions options,
      Attachment first,
      Attachment.Source source,
      DeviceMemory memory,
      LostWrites lostWrites,
      Consumer<DsaException> onFailure) {
    this.volume = volume;
    this.options = options;
    this.current = first;
    this.source = source;
    this.memory = memory;
    this.lostWrites = lostWrites;
    this.onFailure = onFailure;
  }

  /** The lanes that it serves, before any of them is used. */
  void serve(List<Lane> all) {
    lanes = all;
  }

  /** The volume as it is open, or was at last. */
  Attachment current() {
    return current;
  }

  /** Why the lanes have no queues at the moment; null where they have. */
  DsaException trouble() {
    return trouble;
  }

  /** A lane has work, and no queue or one that is of no use any more. */
  synchronized void needs(Lane lane) {
    needy.add(lane);
    if (worker == null && !ended) {
      worker = Thread.ofPlatform().daemon().name("dsa-connector-" + volume).unstarted(this::work);
      worker.start();
    }
  }

  synchronized void needsNot(Lane lane) {
    needy.remove(lane);
  }

  /** A queue of that attachment has broken. */
  synchronized void lost(Attachment attachment) {
    if (attachment.equals(current)) {
      lost = true;
    }
  }

  /** Ends the volume for a reason that will not go away. */
  void fail(DsaException why) {
    synchronized (this) {
      if (ended) {
        return;
      }
      ended = true;
      notifyAll();
    }
    onFailure.accept(why);
  }

  /** Brings no more queues; returns when the thread has ended. */
  void close() {
    Thread working;
    synchronized (this) {
      ended = true;
      notifyAll();
      working = worker;
    }
    if (working != null && working != Thread.currentThread()) {
      working.interrupt();
      joinUninterruptibly(working);
    }
  }

  static void joinUninterruptibly(Thread thread) {
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void work() {
    long pause = FIRST_PAUSE_MILLIS;
    for (List<Lane> waiting = next(); !waiting.isEmpty(); waiting = next()) {
      try {
        if (isLost()) {
          attachAgain();
        }
        bringAll(waiting);
        trouble = null;
        pause = FIRST_PAUSE_MILLIS;
      } catch (DsaException e) {
        if (isFinal(e)) {
          fail(e);
        } else {
          trouble = e;
          pause(pause);
          pause = Math.min(2 * pause, LONGEST_PAUSE_MILLIS);
        }
      } catch (RuntimeException | Error e) {
        fail(new DsaException(DsaException.Category.INTERNAL, "volume " + volume + ": " + e, e));
      }
    }
  }

  /** The lanes that want a queue; none when the thread is to end. */
  private synchronized List<Lane> next() {
    if (ended || needy.isEmpty()) {
      worker = null;
      return List.of();
    }
    return new ArrayList<>(needy);
  }

  private synchronized boolean isLost() {
    return lost;
  }

  /** Many volumes that have lost one server do not come back all at once. */
  private synchronized void pause(long millis) {
    long until =
        System.nanoTime() + (millis + ThreadLocalRandom.current().nextLong(millis)) * 1_000_000;
    try {
      for (long left = until - System.nanoTime();
          left > 0 && !ended;
          left = until - System.nanoTime()) {
        wait(left / 1_000_000 + 1);
      }
    } catch (InterruptedException e) {
      // Closed: the loop ends.
    }
  }

  private static boolean isFinal(DsaException e) {
    return switch (e.category()) {
      case NO_DEVICE, UNREACHABLE, REFUSED, TIMED_OUT, DISCONNECTED, BUSY, LIMIT, IO, INTERNAL ->
          false;
      case NOT_PERMITTED,
          ACCESS_DENIED,
          CLOSED,
          NOT_DURABLE,
          UNKNOWN_VOLUME,
          EXISTS,
          NO_SPACE,
          INVALID,
          UNSUPPORTED ->
          true;
    };
  }

  private void attachAgain() {
    if (System.nanoTime() - attached < SHORT_LIFE_NANOS) {
      // Whatever breaks as soon as it is there is not to be repeated at full speed.
      pause(LONGEST_PAUSE_MILLIS);
    }
    Attachment old = current();
    detachAll();
    Optional<DsaException> revocation = leave(old);
    if (revocation.isPresent()) {
      throw revocation.get();
    }
    Attachment fresh = source.attach();
    try {
      verify(old, fresh);
    } catch (DsaException e) {
      leave(fresh);
      throw e;
    }
    if (!fresh.continues(old.instance())) {
      lanes.forEach(lane -> lostWrites.add(lane.unflushed()));
    }
    boolean late;
    synchronized (this) {
      late = ended;
      current = fresh;
      attached = System.nanoTime();
      lost = false;
    }
    if (late) {
      leave(fresh);
    }
  }

  private void detachAll() {
    List<CountDownLatch> latches = lanes.stream().map(Lane::detach).toList();
    boolean interrupted = false;
    for (CountDownLatch latch : latches) {
      while (latch.getCount() > 0) {
        try {
          latch.await();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static Optional<DsaException> leave(Attachment attachment) {
    try {
      return attachment.leave();
    } catch (RuntimeException e) {
      // It is given up; the server ends what it has of it by itself.
      return Optional.empty();
    }
  }

  private void verify(Attachment old, Attachment fresh) {
    if (!old.id().equals(fresh.id())) {
      throw new DsaException(
          DsaException.Category.UNKNOWN_VOLUME,
          "volume " + volume + " was deleted meanwhile, and another has its name; open it again");
    }
    if (fresh.isTaken()) {
      throw new DsaException(
          DsaException.Category.ACCESS_DENIED,
          "another client had volume "
              + volume
              + " for writing while the connection was lost; open it again, and read what is there");
    }
    if (old.bytes() != fresh.bytes()) {
      throw new DsaException(
          DsaException.Category.INVALID,
          "volume "
              + volume
              + " had "
              + old.bytes()
              + " bytes and has "
              + fresh.bytes()
              + " now; open it again");
    }
    if (!fresh.instance().equals(old.instance())
        && (old.durability().isEmpty() || fresh.durability().isEmpty())) {
      throw new DsaException(
          DsaException.Category.NOT_DURABLE,
          "volume "
              + volume
              + " is volatile and its server was restarted: what was written to it may be lost;"
              + " open it again");
    }
  }

  /** One lane that cannot have a queue now does not keep the others from theirs. */
  private void bringAll(List<Lane> waiting) {
    DsaException failure = null;
    for (Lane lane : waiting) {
      try {
        bring(lane);
      } catch (DsaException e) {
        if (isLost() || isFinal(e)) {
          throw e;
        }
        failure = e;
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  private void bring(Lane lane) {
    if (lane.isAttached()) {
      // It asked again in the moment in which it was given one.
      needsNot(lane);
      return;
    }
    Attachment by = current();
    IoQueue queue;
    try {
      if (!lane.hasBounce()) {
        lane.bounce(memory.allocate(lane.bounceBytes(options)));
      }
      queue = by.openQueue(queueOptions());
    } catch (DsaException e) {
      if (!lane.hadQueue() && (!lane.hasBounce() || e.category() == DsaException.Category.LIMIT)) {
        spare(lane, e);
        return;
      }
      synchronized (this) {
        lost |= e.category() != DsaException.Category.LIMIT;
      }
      throw e;
    }
    needsNot(lane);
    lane.attach(queue, by);
  }

  /** A lane works in its own time; it sleeps itself. */
  private QueueOptions queueOptions() {
    return QueueOptions.defaults().withDepth(options.depth()).withWaitMode(WaitMode.BLOCK);
  }

  /** What the server or this machine cannot give one lane more, another lane may do without. */
  private void spare(Lane lane, DsaException why) {
    needsNot(lane);
    for (Lane other : lanes) {
      if (other != lane && other.isAttached()) {
        lane.replaceBy(other);
        return;
      }
    }
    lane.refuse(why);
  }
}
