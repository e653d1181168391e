package io.dsa.client;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.LongFunction;

/**
 * One request of a user of a volume, and the future that he holds of it.
 *
 * <p>What the user hears is settled once, by whoever comes first: the lane that carried it out, its
 * deadline, or the user, who cancels it. What has been posted goes on after that, and the memory
 * stays in use until it has ended; but nothing is copied to the user's memory any more.
 */
final class Operation<T> extends CompletableFuture<T> {
  /** What is asked for. */
  enum Kind {
    READ("read"),
    WRITE("write"),
    WRITE_DURABLE("durable write"),
    FLUSH("flush"),
    COMPARE_AND_SWAP("compare-and-swap"),
    FETCH_AND_ADD("fetch-and-add"),
    ATOMIC_WRITE("atomic write");

    private final String text;

    Kind(String text) {
      this.text = text;
    }

    /**
     * Whether it is repeated where a lost connection hides whether it was done. Others may act on
     * what an atomic did, so that doing it once more would undo what they did since.
     */
    boolean isRepeatable() {
      return switch (this) {
        case READ, WRITE, WRITE_DURABLE, FLUSH -> true;
        case COMPARE_AND_SWAP, FETCH_AND_ADD, ATOMIC_WRITE -> false;
      };
    }

    @Override
    public String toString() {
      return text;
    }
  }

  /** What is told of the ends of operations. */
  interface Owner {
    /** The user wants no more of it; lanes may still hold it. */
    void abandoned();

    /** No lane holds it any more. */
    void ended(Operation<?> operation);

    /** Why a flush that every lane carried out has failed all the same, or null. */
    DsaException verify(Operation<?> flush);
  }

  private static final int LIVE = 0;
  private static final int COPYING = 1;
  private static final int SETTLED = 2;

  private static final VarHandle STATE;
  private static final VarHandle LANES;
  private static final VarHandle FAILURE;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      STATE = lookup.findVarHandle(Operation.class, "state", int.class);
      LANES = lookup.findVarHandle(Operation.class, "lanes", int.class);
      FAILURE = lookup.findVarHandle(Operation.class, "failure", RuntimeException.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final Owner owner;
  private final Kind kind;
  private final long offset;
  private final long length;
  private final LongFunction<T> result;
  private final boolean blocking;

  private MemorySegment memory;
  private RegisteredBuffer buffer;
  private long operand;
  private long expected;
  private long deadline;
  private long previous;

  @SuppressWarnings("UnusedVariable") // STATE
  private volatile int state;

  @SuppressWarnings("UnusedVariable") // LANES
  private volatile int lanes;

  private volatile RuntimeException failure;

  /**
   * An operation that is nowhere yet.
   *
   * @param blocking whether nobody but a caller who is blocked hears of it, so that no code of the
   *     user's runs when it completes
   */
  Operation(
      Owner owner, Kind kind, long offset, long length, boolean blocking, LongFunction<T> result) {
    this.owner = owner;
    this.kind = kind;
    this.offset = offset;
    this.length = length;
    this.blocking = blocking;
    this.result = result;
  }

  /** Gives it the memory that is to be copied from or to. */
  void copies(MemorySegment copied) {
    this.memory = copied;
  }

  /** Gives it memory within a buffer, which has been acquired for it. */
  void moves(MemorySegment moved, RegisteredBuffer registered) {
    this.memory = moved;
    this.buffer = registered;
  }

  /** Gives an atomic its values. */
  void operands(long expectedValue, long newValue) {
    this.expected = expectedValue;
    this.operand = newValue;
  }

  void deadline(long nanoTime) {
    this.deadline = nanoTime;
  }

  Kind kind() {
    return kind;
  }

  long offset() {
    return offset;
  }

  long length() {
    return length;
  }

  long end() {
    return offset + length;
  }

  MemorySegment memory() {
    return memory;
  }

  /** Where the memory is registered; null where it must be copied. */
  RegisteredBuffer buffer() {
    return buffer;
  }

  long bufferOffset() {
    return memory.address() - buffer.address();
  }

  long operand() {
    return operand;
  }

  long expected() {
    return expected;
  }

  long deadline() {
    return deadline;
  }

  /** Notes what an atomic found. */
  void found(long value) {
    previous = value;
  }

  /** Says how many lanes take part, before any of them can have ended. */
  void onLanes(int count) {
    LANES.setRelease(this, count);
  }

  boolean isSettled() {
    return (int) STATE.getVolatile(this) == SETTLED;
  }

  /** Whether a piece may be copied to the user's memory; then {@link #endCopy} must follow. */
  boolean beginCopy() {
    return STATE.compareAndSet(this, LIVE, COPYING);
  }

  void endCopy() {
    STATE.setVolatile(this, LIVE);
  }

  private boolean settle() {
    while (!STATE.compareAndSet(this, LIVE, SETTLED)) {
      if (isSettled()) {
        return false;
      }
      // A lane copies a piece, which does not take long.
      Thread.onSpinWait();
    }
    return true;
  }

  /** Ends it for the user, unless he has heard of it already. */
  void fail(RuntimeException why) {
    if (settle()) {
      deliver(why);
    }
  }

  /** Ends it before any lane has heard of it. */
  void reject(RuntimeException why) {
    if (buffer != null) {
      buffer.release(1);
    }
    fail(why);
  }

  /**
   * Notes that one lane is done with it.
   *
   * @param why it failed there, or null
   */
  void laneDone(RuntimeException why) {
    if (why != null) {
      FAILURE.compareAndSet(this, null, why);
    }
    if ((int) LANES.getAndAdd(this, -1) == 1) {
      finish();
    }
  }

  private void finish() {
    if (buffer != null) {
      buffer.release(1);
    }
    owner.ended(this);
    if (settle()) {
      RuntimeException why = failure;
      if (why == null && kind == Kind.FLUSH) {
        why = owner.verify(this);
      }
      deliver(why);
    }
  }

  /** Completes the future, where the user's code cannot hold a lane up. */
  private void deliver(RuntimeException why) {
    if (blocking) {
      completeAs(why);
    } else {
      Thread.startVirtualThread(() -> completeAs(why));
    }
  }

  private void completeAs(RuntimeException why) {
    if (why == null) {
      super.complete(result.apply(previous));
    } else {
      super.completeExceptionally(why);
    }
  }

  /** Waits for the end; what was thrown elsewhere is thrown here with the caller's stack too. */
  T await() {
    try {
      return join();
    } catch (CompletionException e) {
      throw switch (e.getCause()) {
        case DsaException dsa -> DsaException.again(dsa);
        case IllegalStateException state -> new IllegalStateException(state.getMessage(), state);
        case null, default -> e;
      };
    }
  }

  @Override
  public boolean cancel(boolean mayInterruptIfRunning) {
    if (settle()) {
      super.cancel(mayInterruptIfRunning);
      owner.abandoned();
    }
    return isCancelled();
  }

  @Override
  public boolean complete(T value) {
    boolean first = settle() && super.complete(value);
    if (first) {
      owner.abandoned();
    }
    return first;
  }

  /** As a {@code orTimeout} of the user's does. */
  @Override
  public boolean completeExceptionally(Throwable why) {
    boolean first = settle() && super.completeExceptionally(why);
    if (first) {
      owner.abandoned();
    }
    return first;
  }

  /** What people read of it. */
  String text() {
    return kind + " of " + length + " bytes at offset " + offset;
  }
}
