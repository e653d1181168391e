package io.dsa.client;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.util.concurrent.CountDownLatch;

/**
 * One of the ways of a volume's requests to the server: a thread that owns an {@link IoQueue}. It
 * takes what was submitted, posts it in batches, polls, and sleeps while there is nothing to do;
 * then it wakes up for nothing but work and the deadline of work.
 *
 * <p>Requests are carried out in the order in which they were submitted. Where the connection is
 * lost, those that had not completed begin again in that order on the next queue, which {@link
 * LaneConnector} brings.
 *
 * <p>Any thread submits and gives orders; everything else is confined to the lane's thread.
 */
final class Lane {
  /** While it spins: looks for work between two at the clock. */
  private static final int LOOKS_A_TIME = 16;

  /** How long to wait at a time for another thread to close the queue. */
  private static final long CLOSING_NANOS = 10_000_000;

  private final String name;
  private final LaneConnector connector;
  private final OperationFailures failures;
  private final WriteLedger ledger;
  private final Pieces pieces;
  private final PiecePosting posting;
  private final LaneInbox inbox = new LaneInbox();
  private final CompletionHandler handler = this::completed;

  private volatile boolean started;
  private volatile RuntimeException end;
  private volatile boolean ended;
  private volatile IoQueue attached;
  private volatile boolean hadQueue;
  private volatile Thread thread;
  private volatile RegisteredBuffer bounce;

  private final LaneRequests requests = new LaneRequests();
  private final int[] batch;
  private final SpinTime workSpin = new SpinTime();
  private final SpinTime idleSpin = new SpinTime();
  private IoQueue queue;
  private Attachment attachment;
  private boolean broken;
  private boolean needy;
  private boolean hasDeadline;
  private long nextDeadline;

  Lane(String volume, int number, VolumeOptions options, LaneConnector connector, LostWrites lost) {
    this.name = "dsa-lane-" + volume + "-" + number;
    this.connector = connector;
    this.failures = new OperationFailures(volume, options.deadline());
    this.ledger = new WriteLedger(lost);
    this.pieces = new Pieces(options.depth(), options.pieceBytes());
    this.posting = new PiecePosting(pieces);
    this.batch = new int[options.depth()];
  }

  // For any thread.

  /** Takes a request on; the lane's thread is started by the first. */
  void submit(LaneRequest request) {
    inbox.add(request);
    if (ended) {
      failSubmitted();
    } else if (started) {
      inbox.wake();
    } else {
      start();
    }
  }

  private synchronized void start() {
    if (!started) {
      started = true;
      thread = Thread.ofPlatform().daemon().name(name).unstarted(this::run);
      thread.start();
    }
  }

  /** Whether there are acknowledged writes that no flush has covered. */
  boolean isDirty() {
    return ledger.isDirty();
  }

  /** Whether it has a queue. */
  boolean isAttached() {
    return attached != null;
  }

  /** Has it look for requests that were abandoned. */
  void sweep() {
    inbox.orderSweep();
  }

  // For the connector.

  boolean hasBounce() {
    return bounce != null;
  }

  int bounceBytes(VolumeOptions options) {
    return options.depth() * pieces.bytes();
  }

  /** Whether it ever had a queue. */
  boolean hadQueue() {
    return hadQueue;
  }

  /** Gives it its bounce memory, once, before the first queue. */
  void bounce(RegisteredBuffer memory) {
    bounce = memory;
  }

  /** Gives it a queue, which only its thread uses from now on. */
  void attach(IoQueue opened, Attachment by) {
    attached = opened;
    hadQueue = true;
    inbox.offer(opened, by);
  }

  /**
   * Closes its queue; when the latch is down, nothing of this lane is in flight any more, and until
   * the next queue its unflushed ranges are the connector's.
   */
  CountDownLatch detach() {
    CountDownLatch done = new CountDownLatch(1);
    if (!started) {
      done.countDown();
      return done;
    }
    // Read before the order, which may be carried out at once where nothing is in flight.
    IoQueue current = attached;
    inbox.detach(done);
    if (current != null) {
      current.close();
    }
    // What was in flight has come back by now.
    inbox.wake();
    if (ended) {
      done.countDown();
    }
    return done;
  }

  /** Acknowledged writes that were not flushed; only while it is detached. */
  UnflushedRanges unflushed() {
    return ledger.unflushed();
  }

  /** Fails what it has now, since it cannot have a queue. */
  void refuse(RuntimeException why) {
    inbox.refuse(why);
  }

  /** Has another lane carry out whatever comes here. */
  void replaceBy(Lane other) {
    inbox.replaceBy(other);
  }

  // For whoever closes the volume.

  /** Fails what it has and whatever comes, and ends it. Idempotent. */
  void end(RuntimeException why) {
    synchronized (this) {
      if (end == null) {
        end = why;
      }
      if (!started) {
        started = true;
        ended = true;
        failSubmitted();
        return;
      }
    }
    IoQueue current = attached;
    if (current != null) {
      current.close();
    }
    inbox.announce();
  }

  /** Waits until it has ended. */
  void join() {
    Thread running;
    synchronized (this) {
      running = thread;
    }
    if (running != null) {
      LaneConnector.joinUninterruptibly(running);
    }
  }

  private synchronized void failSubmitted() {
    LaneRequest next;
    for (LaneRequest taken = inbox.takeSubmitted(); taken != null; taken = next) {
      next = taken.link;
      taken.operation.laneDone(end);
    }
  }

  // The lane's thread.

  private void run() {
    try {
      boolean going = true;
      while (going) {
        going = step();
      }
    } catch (RuntimeException | Error e) {
      DsaException defect = failures.defect(name, e);
      synchronized (this) {
        if (end == null) {
          end = defect;
        }
      }
      connector.fail(defect);
      giveUp();
    } finally {
      finish();
    }
  }

  /** Whether to go on. */
  private boolean step() {
    boolean worked = false;
    if (inbox.takeNews()) {
      heed();
      worked = true;
    }
    worked |= takeSubmitted();
    worked |= post();
    worked |= poll();
    if (hasDeadline && System.nanoTime() - nextDeadline >= 0) {
      expire();
    }
    boolean quiet = queue == null || queue.inFlight() == 0;
    if (quiet && end != null) {
      return false;
    }
    if (quiet && inbox.isDetaching()) {
      detached();
    } else if (!worked) {
      rest();
    }
    return true;
  }

  private void heed() {
    LaneInbox.Offer offered = inbox.takeOffer();
    if (offered != null) {
      queue = offered.queue();
      attachment = offered.attachment();
      broken = false;
      needy = false;
      ledger.refresh();
    }
    if (inbox.takeSweep()) {
      sweepAbandoned();
    }
    RuntimeException why = inbox.takeRefusal();
    if (why != null) {
      needy = false;
      failAll(why);
    }
  }

  private boolean takeSubmitted() {
    LaneRequest taken = inbox.takeSubmitted();
    boolean any = taken != null;
    LaneRequest next;
    for (; taken != null; taken = next) {
      next = taken.link;
      taken.link = null;
      requests.add(taken);
      long deadline = taken.operation.deadline();
      if (!hasDeadline || deadline - nextDeadline < 0) {
        hasDeadline = true;
        nextDeadline = deadline;
      }
    }
    Lane other = inbox.substitute();
    if (other != null) {
      passOn(other);
    }
    return any;
  }

  private void passOn(Lane other) {
    while (!requests.isEmpty()) {
      LaneRequest request = requests.first();
      requests.remove(request);
      other.submit(new LaneRequest(request.operation, request.incidental));
    }
    hasDeadline = false;
  }

  private boolean post() {
    if ((requests.next() == null && !broken) || inbox.isDetaching() || end != null) {
      return false;
    }
    if (queue == null || broken) {
      dropOver();
      need();
      return false;
    }
    int count = 0;
    boolean batching = false;
    LaneRequest request = requests.next();
    while (request != null) {
      if (request.isOver() || isNeedless(request)) {
        requests.advance();
        if (request.outstanding == 0) {
          finish(request);
        }
      } else {
        if (!batching) {
          queue.beginBatch();
          batching = true;
        }
        int piece = pieces.isFull() ? -1 : pieces.peek();
        IoStatus status =
            piece < 0 ? IoStatus.QUEUE_FULL : posting.postNext(request, piece, queue, bounce);
        if (status == IoStatus.OK) {
          batch[count++] = piece;
          if (request.whollyPosted) {
            requests.advance();
          }
        } else if (status == IoStatus.DISCONNECTED || status == IoStatus.CLOSED) {
          broken();
          break;
        } else if (status == IoStatus.QUEUE_FULL) {
          break;
        } else if (request.failure == null) {
          request.failure = failures.of(request.operation, status);
        }
      }
      request = requests.next();
    }
    if (batching && queue.submit() != IoStatus.OK) {
      for (int i = 0; i < count; i++) {
        pieces.request(batch[i]).held = true;
      }
    }
    if (broken) {
      need();
    }
    return count > 0;
  }

  /** Whether it is a flush for the sake of writes that were not on this lane after all. */
  private boolean isNeedless(LaneRequest request) {
    Operation<?> operation = request.operation;
    if (!request.incidental
        || request.flushed > 0
        || ledger.unflushed().meets(operation.offset(), operation.end())) {
      return false;
    }
    request.whollyPosted = true;
    return true;
  }

  /** Lets go of what nobody wants any more, though there is no queue. */
  private void dropOver() {
    for (LaneRequest request = requests.first(); request != null; ) {
      LaneRequest after = request.after;
      if (request.outstanding == 0 && request.isOver() && !request.interrupted) {
        finish(request);
      }
      request = after;
    }
  }

  private void need() {
    if (!needy && !requests.isEmpty()) {
      needy = true;
      connector.needs(this);
    }
  }

  private boolean poll() {
    return queue != null && queue.poll(handler) > 0;
  }

  private void completed(long token, IoStatus status) {
    int piece = (int) token;
    LaneRequest request = pieces.request(piece);
    switch (status) {
      case OK -> arrived(request, piece);
      case DISCONNECTED, CLOSED, ACCESS_DENIED -> {
        interrupted(request);
        broken();
      }
      default -> {
        if (request.failure == null) {
          request.failure = failures.of(request.operation, status);
        }
      }
    }
    pieces.give(piece);
    if (request.outstanding == 0 && request.isOver() && !request.interrupted) {
      finish(request);
    }
  }

  private void arrived(LaneRequest request, int piece) {
    Operation<?> operation = request.operation;
    switch (operation.kind()) {
      case READ -> {
        if (operation.buffer() == null && operation.beginCopy()) {
          try {
            pieces.copyOut(piece, bounce.memory(), operation.memory());
          } catch (RuntimeException e) {
            // The user's memory was freed meanwhile.
            request.failure = e;
          } finally {
            operation.endCopy();
          }
        }
      }
      case COMPARE_AND_SWAP, FETCH_AND_ADD ->
          operation.found(bounce.memory().get(JAVA_LONG, pieces.bounceOffset(piece)));
      default -> {}
    }
  }

  private void interrupted(LaneRequest request) {
    Operation<?> operation = request.operation;
    if (operation.kind().isRepeatable() || request.held) {
      request.interrupted = true;
    } else {
      request.failure = failures.undecided(operation);
    }
  }

  /** Has the connector see to it; what is in flight comes back first. */
  private void broken() {
    if (!broken) {
      broken = true;
      connector.lost(attachment);
    }
  }

  private void finish(LaneRequest request) {
    requests.remove(request);
    Operation<?> operation = request.operation;
    if (request.succeeded()) {
      ledger.enter(request, attachment.durability().isPresent());
    }
    operation.laneDone(request.failure);
    if (requests.isEmpty()) {
      hasDeadline = false;
      if (needy) {
        needy = false;
        connector.needsNot(this);
      }
    }
  }

  private void sweepAbandoned() {
    for (LaneRequest request = requests.first(); request != null; ) {
      LaneRequest after = request.after;
      if (request.outstanding == 0 && request.operation.isSettled()) {
        finish(request);
      }
      request = after;
    }
  }

  private void expire() {
    long now = System.nanoTime();
    boolean more = false;
    for (LaneRequest request = requests.first(); request != null; ) {
      LaneRequest after = request.after;
      Operation<?> operation = request.operation;
      if (!operation.isSettled()) {
        if (now - operation.deadline() >= 0) {
          operation.fail(failures.timedOut(operation, connector.trouble()));
        } else if (!more || operation.deadline() - nextDeadline < 0) {
          more = true;
          nextDeadline = operation.deadline();
        }
      }
      if (request.outstanding == 0 && operation.isSettled()) {
        finish(request);
      }
      request = after;
    }
    hasDeadline = more;
  }

  /**
   * Nothing is in flight, and nothing more is posted on the queue, which the connector's thread
   * closes: all that has not completed begins again on the next one.
   */
  private void detached() {
    queue = null;
    attached = null;
    inbox.takeOffer();
    broken = false;
    for (LaneRequest request = requests.first(); request != null; ) {
      LaneRequest after = request.after;
      if (request.failure != null || request.operation.isSettled()) {
        finish(request);
      } else {
        request.restart();
      }
      request = after;
    }
    requests.rewind();
    // The connector looks at what it is to bring only after this.
    needy = false;
    need();
    inbox.detached();
  }

  private void failAll(RuntimeException why) {
    while (!requests.isEmpty()) {
      LaneRequest request = requests.first();
      request.failure = why;
      finish(request);
    }
  }

  /** After a defect: once the queue is closed, nothing reaches anybody's memory any more. */
  private void giveUp() {
    IoQueue current = attached;
    if (current != null) {
      current.close();
      // Another thread may be in the middle of closing it.
      while (current.inFlight() > 0) {
        current.await((token, status) -> {}, CLOSING_NANOS);
      }
    }
  }

  /** The end of the thread: nothing is in flight. */
  private void finish() {
    failAll(end);
    ended = true;
    inbox.detached();
    failSubmitted();
    RegisteredBuffer memory = bounce;
    if (memory != null) {
      memory.free();
    }
  }

  private void rest() {
    IoQueue waiting = queue != null && queue.inFlight() > 0 ? queue : null;
    SpinTime spinTime = waiting != null ? workSpin : idleSpin;
    long spin = spinTime.nanos();
    if (spin > 0) {
      boolean paid = spin(spin);
      spinTime.spun(paid);
      if (paid) {
        return;
      }
    }
    long nanos = hasDeadline ? Math.max(0, nextDeadline - System.nanoTime()) : Long.MAX_VALUE;
    inbox.sleep(waiting, handler, nanos);
  }

  private boolean spin(long nanos) {
    long start = System.nanoTime();
    do {
      for (int i = 0; i < LOOKS_A_TIME; i++) {
        if (inbox.hasMail() || poll()) {
          return true;
        }
      }
      Thread.onSpinWait();
    } while (System.nanoTime() - start < nanos);
    return false;
  }
}
