package io.dsa.client;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

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
  /** A request on registered memory moves in pieces of that, which spares the queue's depth. */
  private static final int DIRECT_PIECE = 8 << 20;

  /** One persist call takes no longer than this. */
  private static final long FLUSH_PIECE = 1L << 30;

  /** While it spins: looks for work between two at the clock. */
  private static final int LOOKS_A_TIME = 16;

  /** How long to wait at a time for another thread to close the queue. */
  private static final long CLOSING_NANOS = 10_000_000;

  private final String volume;
  private final String name;
  private final Duration patience;
  private final LaneConnector connector;
  private final LostWrites lost;
  private final Pieces pieces;
  private final SubmissionQueue submissions = new SubmissionQueue();
  private final UnflushedRanges unflushed = new UnflushedRanges();
  private final CompletionHandler handler = this::completed;

  /** What it sleeps in: this lane, or its queue; null while it is awake. */
  private final AtomicReference<Object> sleeper = new AtomicReference<>();

  // Orders of other threads; news says that there are some.
  private volatile boolean news;
  private volatile boolean sweep;
  private volatile Offer offer;
  private volatile CountDownLatch detaching;
  private volatile RuntimeException refusal;
  private volatile Lane substitute;
  private volatile RuntimeException end;

  private volatile boolean started;
  private volatile boolean ended;
  private volatile boolean dirty;
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
  private long age;
  private boolean hasDeadline;
  private long nextDeadline;

  /** A queue, and what it belongs to. */
  private record Offer(IoQueue queue, Attachment attachment) {}

  Lane(String volume, int number, VolumeOptions options, LaneConnector connector, LostWrites lost) {
    this.volume = volume;
    this.name = "dsa-lane-" + volume + "-" + number;
    this.patience = options.deadline();
    this.connector = connector;
    this.lost = lost;
    this.pieces = new Pieces(options.depth(), options.pieceBytes());
    this.batch = new int[options.depth()];
  }

  // For any thread.

  /** Takes a request on; the lane's thread is started by the first. */
  void submit(LaneRequest request) {
    submissions.add(request);
    if (ended) {
      failSubmitted();
    } else if (started) {
      wake();
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
    return dirty;
  }

  /** Whether it has a queue. */
  boolean isAttached() {
    return attached != null;
  }

  /** Has it look for requests that were abandoned. */
  void sweep() {
    sweep = true;
    order();
  }

  private void order() {
    news = true;
    wake();
  }

  private void wake() {
    Object in = sleeper.get();
    if (in != null && sleeper.compareAndSet(in, null)) {
      if (in instanceof IoQueue waiting) {
        waiting.wake();
      } else {
        LockSupport.unpark(thread);
      }
    }
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
    offer = new Offer(opened, by);
    order();
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
    detaching = done;
    IoQueue current = attached;
    if (current != null) {
      current.close();
    }
    order();
    if (ended) {
      done.countDown();
    }
    return done;
  }

  /** Acknowledged writes that were not flushed; only while it is detached. */
  UnflushedRanges unflushed() {
    return unflushed;
  }

  /** Fails what it has now, since it cannot have a queue. */
  void refuse(RuntimeException why) {
    refusal = why;
    order();
  }

  /** Has another lane carry out whatever comes here. */
  void replaceBy(Lane other) {
    substitute = other;
    order();
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
    order();
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
    for (LaneRequest taken = submissions.takeAll(); taken != null; taken = next) {
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
      DsaException defect =
          new DsaException(
              DsaException.Category.INTERNAL, "volume " + volume + ", " + name + ": " + e, e);
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
    if (news) {
      news = false;
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
    if (quiet && detaching != null) {
      detached();
    } else if (!worked) {
      rest();
    }
    return true;
  }

  private void heed() {
    Offer offered = offer;
    if (offered != null) {
      offer = null;
      queue = offered.queue();
      attachment = offered.attachment();
      broken = false;
      needy = false;
      dirty = !unflushed.isEmpty();
    }
    if (sweep) {
      sweep = false;
      sweepAbandoned();
    }
    RuntimeException why = refusal;
    if (why != null) {
      refusal = null;
      needy = false;
      failAll(why);
    }
  }

  private boolean takeSubmitted() {
    LaneRequest taken = submissions.takeAll();
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
    Lane other = substitute;
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
    if ((requests.next() == null && !broken) || detaching != null || end != null) {
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
        IoStatus status = piece < 0 ? IoStatus.QUEUE_FULL : postNext(request, piece);
        if (status == IoStatus.OK) {
          batch[count++] = piece;
        } else if (status == IoStatus.DISCONNECTED || status == IoStatus.CLOSED) {
          broken(false);
          break;
        } else if (status == IoStatus.QUEUE_FULL) {
          break;
        } else if (request.failure == null) {
          request.failure = failure(request, status);
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
        || unflushed.meets(operation.offset(), operation.end())) {
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

  /** Posts the next piece of a request, which is that piece's from now on if the status is OK. */
  private IoStatus postNext(LaneRequest request, int piece) {
    Operation<?> operation = request.operation;
    try {
      return switch (operation.kind()) {
        case READ, WRITE, WRITE_DURABLE ->
            request.posted < operation.length()
                ? postTransfer(request, piece)
                : postFlush(request, piece);
        case FLUSH -> postFlush(request, piece);
        case COMPARE_AND_SWAP, FETCH_AND_ADD, ATOMIC_WRITE -> postAtomic(request, piece);
      };
    } catch (RuntimeException e) {
      // Memory that was freed or closed meanwhile.
      request.failure = e;
      return IoStatus.LOCAL_ERROR;
    }
  }

  private IoStatus postTransfer(LaneRequest request, int piece) {
    Operation<?> operation = request.operation;
    boolean copied = operation.buffer() == null;
    long left = operation.length() - request.posted;
    int length = (int) Math.min(left, copied ? pieces.bytes() : DIRECT_PIECE);
    RegisteredBuffer buffer = copied ? bounce : operation.buffer();
    long at = copied ? pieces.bounceOffset(piece) : operation.bufferOffset() + request.posted;
    if (copied
        && operation.kind() != Operation.Kind.READ
        && !copyIn(operation, request.posted, at, length)) {
      request.failure = new CancellationException();
      return IoStatus.LOCAL_ERROR;
    }
    long offset = operation.offset() + request.posted;
    boolean durable =
        operation.kind() == Operation.Kind.WRITE_DURABLE && length == operation.length();
    IoStatus status =
        operation.kind() == Operation.Kind.READ
            ? queue.read(offset, buffer, at, length, piece)
            : durable
                ? queue.writeDurable(offset, buffer, at, length, piece)
                : queue.write(offset, buffer, at, length, piece);
    if (status == IoStatus.OK) {
      pieces.take(request, request.posted, length);
      request.age = durable ? ++age : age;
      request.posted += length;
      posted(request, durable || operation.kind() != Operation.Kind.WRITE_DURABLE, left - length);
    }
    return status;
  }

  /** Copies what is to be written; false where the user has settled it and may use the memory. */
  private boolean copyIn(Operation<?> operation, long from, long at, int length) {
    if (!operation.beginCopy()) {
      return false;
    }
    try {
      MemorySegment.copy(operation.memory(), from, bounce.memory(), at, length);
      return true;
    } finally {
      operation.endCopy();
    }
  }

  private void posted(LaneRequest request, boolean lastKind, long left) {
    if (lastKind && left == 0) {
      request.whollyPosted = true;
      requests.advance();
    }
  }

  private IoStatus postFlush(LaneRequest request, int piece) {
    Operation<?> operation = request.operation;
    long offset = operation.offset() + request.flushed;
    long left = operation.length() - request.flushed;
    long length = queue.flushable(offset, Math.min(left, FLUSH_PIECE));
    IoStatus status = queue.flush(offset, length, piece);
    if (status == IoStatus.OK) {
      pieces.take(request, request.flushed, 0);
      if (request.flushed == 0) {
        request.age = ++age;
      }
      request.flushed += length;
      posted(request, true, left - length);
    }
    return status;
  }

  private IoStatus postAtomic(LaneRequest request, int piece) {
    Operation<?> operation = request.operation;
    long at = pieces.bounceOffset(piece);
    IoStatus status =
        switch (operation.kind()) {
          case COMPARE_AND_SWAP ->
              queue.compareAndSwap(
                  operation.offset(), operation.expected(), operation.operand(), bounce, at, piece);
          case FETCH_AND_ADD ->
              queue.fetchAndAdd(operation.offset(), operation.operand(), bounce, at, piece);
          default -> queue.atomicWrite(operation.offset(), operation.operand(), piece);
        };
    if (status == IoStatus.OK) {
      pieces.take(request, 0, Long.BYTES);
      request.age = age;
      posted(request, true, 0);
    }
    return status;
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
        broken(status == IoStatus.ACCESS_DENIED);
      }
      default -> {
        if (request.failure == null) {
          request.failure = failure(request, status);
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
      request.failure =
          new DsaException(
              DsaException.Category.DISCONNECTED,
              "volume "
                  + volume
                  + ": the connection was lost during a "
                  + operation.text()
                  + "; whether it took effect is not known, and it is not repeated");
    }
  }

  private DsaException failure(LaneRequest request, IoStatus status) {
    String what = "volume " + volume + ": " + request.operation.text();
    return switch (status) {
      case UNSUPPORTED ->
          new DsaException(
              DsaException.Category.UNSUPPORTED, what + ": the RDMA device cannot do that");
      case REMOTE_ERROR ->
          new DsaException(DsaException.Category.IO, what + ": the server could not carry it out");
      default -> new DsaException(DsaException.Category.IO, what + " failed here: " + status);
    };
  }

  /** Has the connector see to it; what is in flight comes back first. */
  private void broken(boolean denied) {
    if (!broken) {
      broken = true;
      connector.lost(attachment, denied);
    }
  }

  private void finish(LaneRequest request) {
    requests.remove(request);
    Operation<?> operation = request.operation;
    if (request.succeeded()) {
      account(request, operation);
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

  /** Keeps the books of what was written and not flushed. */
  private void account(LaneRequest request, Operation<?> operation) {
    switch (operation.kind()) {
      case READ -> {
        return;
      }
      case WRITE, COMPARE_AND_SWAP, FETCH_AND_ADD, ATOMIC_WRITE -> {
        if (!attachmentIsDurable() || operation.isSettled()) {
          return;
        }
        lost.writtenAgain(operation.offset(), operation.end());
        unflushed.add(operation.offset(), operation.end(), request.age);
      }
      case WRITE_DURABLE -> {
        lost.writtenAgain(operation.offset(), operation.end());
        unflushed.flushed(operation.offset(), operation.end(), request.age);
      }
      case FLUSH -> unflushed.flushed(operation.offset(), operation.end(), request.age);
    }
    boolean now = !unflushed.isEmpty();
    if (dirty != now) {
      dirty = now;
    }
  }

  private boolean attachmentIsDurable() {
    return attachment.durability().isPresent();
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
          operation.fail(timedOut(operation));
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

  private DsaException timedOut(Operation<?> operation) {
    DsaException trouble = connector.trouble();
    return new DsaException(
        DsaException.Category.TIMED_OUT,
        "volume "
            + volume
            + ": "
            + operation.text()
            + " did not complete within "
            + patience
            + (trouble == null ? "" : ", the volume being disconnected: " + trouble.getMessage()),
        trouble);
  }

  /** Nothing is in flight and the queue is closed: all that has not completed begins again. */
  private void detached() {
    CountDownLatch done = detaching;
    queue = null;
    attached = null;
    offer = null;
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
    detaching = null;
    done.countDown();
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
    CountDownLatch waiting = detaching;
    if (waiting != null) {
      waiting.countDown();
    }
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
    sleep(waiting);
  }

  private boolean spin(long nanos) {
    long start = System.nanoTime();
    do {
      for (int i = 0; i < LOOKS_A_TIME; i++) {
        if (news || !submissions.isEmpty() || poll()) {
          return true;
        }
      }
      Thread.onSpinWait();
    } while (System.nanoTime() - start < nanos);
    return false;
  }

  private void sleep(IoQueue waiting) {
    sleeper.set(waiting != null ? waiting : this);
    // Whoever submits after this look finds the sleeper.
    if (!news && submissions.isEmpty()) {
      long nanos = hasDeadline ? Math.max(0, nextDeadline - System.nanoTime()) : Long.MAX_VALUE;
      if (waiting != null) {
        waiting.await(handler, nanos);
      } else if (hasDeadline) {
        LockSupport.parkNanos(this, nanos);
      } else {
        LockSupport.park(this);
      }
    }
    sleeper.set(null);
  }
}
