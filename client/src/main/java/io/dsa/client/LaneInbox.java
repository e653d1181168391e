package io.dsa.client;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * What other threads have for a lane: requests, and orders about its queue. Any thread puts in, and
 * so wakes the lane up; only the lane's own thread takes out, and sleeps. No locks.
 *
 * <p>A sweep, an offer and a refusal are taken; a new one takes the place of one that the lane has
 * not seen. To detach and to have a substitute last: the lane looks at them each time. Only the
 * connector's thread has it detach, and waits until it has.
 */
final class LaneInbox {
  private final SubmissionQueue submissions = new SubmissionQueue();

  /** What the lane sleeps in, its queue or its own thread; null while it is awake. */
  private final AtomicReference<Object> sleeper = new AtomicReference<>();

  /** Says that there are orders, so that a lane at work looks at one field. */
  private volatile boolean news;

  private volatile boolean sweep;
  private final AtomicReference<Offer> offer = new AtomicReference<>();
  private final AtomicReference<RuntimeException> refusal = new AtomicReference<>();
  private volatile CountDownLatch detaching;
  private volatile Lane substitute;

  /** A queue, and what it belongs to. */
  record Offer(IoQueue queue, Attachment attachment) {}

  // For any thread.

  /** Puts a request in; the lane has to be woken up for it. */
  void add(LaneRequest request) {
    submissions.add(request);
  }

  /** Has the lane look for requests that were abandoned. */
  void orderSweep() {
    sweep = true;
    announce();
  }

  /** Has the lane use a queue. */
  void offer(IoQueue queue, Attachment attachment) {
    offer.set(new Offer(queue, attachment));
    announce();
  }

  /** Has the lane fail what it has now. */
  void refuse(RuntimeException why) {
    refusal.set(why);
    announce();
  }

  /** Has the lane let go of its queue, and count down when nothing is in flight any more. */
  void detach(CountDownLatch done) {
    detaching = done;
    announce();
  }

  /** Has the lane pass on what it has and whatever comes. */
  void replaceBy(Lane other) {
    substitute = other;
    announce();
  }

  /** Has the lane look around: something that concerns it has changed. */
  void announce() {
    news = true;
    wake();
  }

  /** Ends its sleep, if it sleeps. */
  void wake() {
    Object in = sleeper.get();
    if (in != null && sleeper.compareAndSet(in, null)) {
      if (in instanceof IoQueue waiting) {
        waiting.wake();
      } else {
        LockSupport.unpark((Thread) in);
      }
    }
  }

  // For the lane's thread.

  /** Whether there is something to take. */
  boolean hasMail() {
    return news || !submissions.isEmpty();
  }

  /** Whether there are orders; each is then to be looked for. */
  boolean takeNews() {
    boolean any = news;
    if (any) {
      news = false;
    }
    return any;
  }

  /** Takes all requests as {@link SubmissionQueue#takeAll} does. */
  LaneRequest takeSubmitted() {
    return submissions.takeAll();
  }

  boolean takeSweep() {
    boolean any = sweep;
    // Unset only where it was seen: one that comes in between is not to be wiped away.
    if (any) {
      sweep = false;
    }
    return any;
  }

  /** A queue, or null. */
  Offer takeOffer() {
    return offer.getAndSet(null);
  }

  /** Why to fail everything, or null. */
  RuntimeException takeRefusal() {
    return refusal.getAndSet(null);
  }

  /** Whether the queue is to be let go, until {@link #detached}. */
  boolean isDetaching() {
    return detaching != null;
  }

  /** Says that the queue was let go, to whoever waits for that. */
  void detached() {
    CountDownLatch done = detaching;
    if (done != null) {
      detaching = null;
      done.countDown();
    }
  }

  /** The lane that does this one's work, or null. */
  Lane substitute() {
    return substitute;
  }

  /**
   * Sleeps until there is mail, unless there is some already.
   *
   * @param queue to sleep in, so that its completions wake the lane up too; or null
   * @param handler of these completions
   * @param nanos at most; {@link Long#MAX_VALUE} for no end
   */
  void sleep(IoQueue queue, CompletionHandler handler, long nanos) {
    sleeper.set(queue != null ? queue : Thread.currentThread());
    // Whoever puts something in after this look finds the sleeper.
    if (!hasMail()) {
      if (queue != null) {
        queue.await(handler, nanos);
      } else if (nanos == Long.MAX_VALUE) {
        LockSupport.park(this);
      } else {
        LockSupport.parkNanos(this, nanos);
      }
    }
    sleeper.set(null);
  }
}
