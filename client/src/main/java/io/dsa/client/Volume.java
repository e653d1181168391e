package io.dsa.client;

import io.dsa.protocol.DurabilityMethod;
import io.dsa.protocol.OpenMode;
import io.dsa.verbs.CloseAll;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.LongFunction;

/**
 * An open volume: reads, writes and atomics by any number of threads, blocking or with futures.
 * Thread-safe. Closing it ends its requests and its queues.
 *
 * <p><b>Ranges.</b> Offsets and lengths are in bytes, a range has at least one. It may cross
 * extents and be of any length; what does not move in one piece is not atomic. A range outside the
 * volume is an {@link IndexOutOfBoundsException}, memory that cannot be used an {@link
 * IllegalArgumentException}, memory that was freed and a volume that is closed an {@link
 * IllegalStateException}: all thrown by the call, with nothing done. Whatever comes later is a
 * {@link DsaException}, thrown by blocking calls and in the future of the others; but memory that
 * is freed while a request waits is an {@code IllegalStateException} there too.
 *
 * <p><b>Memory.</b> Any. That of a {@link RegisteredBuffer} of the same client, and large native
 * memory of shared and automatic arenas, moves without a copy; the latter stays registered for some
 * time ({@link VolumeOptions#registeredBytes}). The rest is copied by the volume. It must not
 * change while a request on it is under way, and of a confined arena it can be used by the blocking
 * calls of its own thread only.
 *
 * <p><b>Order.</b> The requests of one thread are carried out in order, those of different threads
 * in any. A completed write is visible to every reader; what a completed {@link #flush} covers is
 * durable.
 *
 * <p><b>Futures.</b> They complete on a virtual thread each: what depends on them may block and
 * throw without holding anything up. Cancelling one (or completing it) drops what has not been
 * posted to the device. The rest goes on, and where the memory is registered it stays in use until
 * that has ended; where it is copied, a cancelled read does not touch it any more. The same goes
 * for a request whose deadline has passed.
 *
 * <p><b>Blocking calls</b> hold no carrier of a virtual thread. They do not end when the thread is
 * interrupted, since their memory would still be in use; the deadline bounds them.
 *
 * <p><b>Limits.</b> Where {@link VolumeOptions#maxRequests} or {@code maxBytes} are in flight,
 * every call waits for room, also those with futures; at the deadline it fails with LIMIT.
 *
 * <p><b>Lost connections.</b> The volume is opened again in the background, and what had not
 * completed is carried out again in order, until its deadline. An atomic that may or may not have
 * taken effect is not repeated and fails with DISCONNECTED. Where the server was restarted
 * meanwhile, writes that no flush had covered are not known to be durable: the next flush that
 * meets them fails with NOT_DURABLE and names them, once; writing them again mends it. What can not
 * go on ends the volume: ACCESS_DENIED, UNKNOWN_VOLUME, a volume of another size, or a volatile one
 * whose server was restarted. Private queues do not come back; they end with the connection, or
 * when the volume is opened again.
 */
public final class Volume implements AutoCloseable {
  private static final int STAGE_BYTES = 1 << 20;

  private final String name;
  private final OpenMode mode;
  private final long bytes;
  private final DeviceMemory memory;
  private final RegistrationCache registrations;
  private final Lanes lanes;
  private final Consumer<Volume> onClose;
  private final CompletableFuture<Void> closing = new CompletableFuture<>();
  private volatile boolean closed;
  private volatile Optional<DsaException> revocation = Optional.empty();

  /**
   * A volume that is open.
   *
   * @param first its opening
   * @param source of further ones, should that be lost
   * @param onClose told first when it is closed
   */
  Volume(
      String name,
      OpenMode mode,
      VolumeOptions options,
      Attachment first,
      Attachment.Source source,
      DeviceMemory memory,
      Consumer<Volume> onClose) {
    this.name = name;
    this.mode = mode;
    this.bytes = first.bytes();
    this.memory = memory;
    this.registrations = new RegistrationCache(memory, options.registeredBytes());
    this.lanes = new Lanes(name, options, first, source, memory);
    this.onClose = onClose;
  }

  public String name() {
    return name;
  }

  /** Size in bytes. */
  public long bytes() {
    return bytes;
  }

  /** How a flush is made durable; empty where the volume is volatile and a flush is refused. */
  public Optional<DurabilityMethod> durability() {
    return lanes.attachment().durability();
  }

  /** Whether it was opened for writing. */
  boolean isWritable() {
    return mode.writes();
  }

  /**
   * Opens a private queue that waits adaptively.
   *
   * @param depth requests in flight at most, 1 to 1024
   */
  public IoQueue openQueue(int depth) {
    return openQueue(QueueOptions.defaults().withDepth(depth));
  }

  /** Opens a private queue: a queue pair of its own, with windows on every extent. */
  public IoQueue openQueue(QueueOptions queueOptions) {
    checkOpen();
    return lanes.attachment().openQueue(queueOptions);
  }

  /** A channel on the whole volume, at position 0. Closing it leaves the volume open. */
  public VolumeChannel channel() {
    checkOpen();
    return new VolumeChannel(this);
  }

  /**
   * A stream of the bytes from an offset to the end of the volume, which reads ahead. Closing it
   * leaves the volume open.
   *
   * @param offset 0 to the size of the volume
   */
  public InputStream inputStream(long offset) {
    checkPosition(offset);
    return new VolumeInputStream(this, offset);
  }

  /**
   * A stream that writes from an offset on, and behind: a failure comes with a later call. {@code
   * flush()} returns when all is visible to readers, {@code close()} when it is durable, where the
   * volume can be durable. Closing it leaves the volume open.
   *
   * @param offset 0 to the size of the volume, past which nothing can be written
   */
  public OutputStream outputStream(long offset) {
    checkPosition(offset);
    checkChangeable(Operation.Kind.WRITE);
    return new VolumeOutputStream(this, offset);
  }

  private void checkPosition(long offset) {
    checkOpen();
    if (offset < 0 || offset > bytes) {
      throw new IndexOutOfBoundsException(
          "offset " + offset + " is not within volume " + name + " of " + bytes + " bytes");
    }
  }

  /** Reads as many bytes as the segment has. */
  public void read(long offset, MemorySegment target) {
    if (isOfThisThreadOnly(target)) {
      checkTransfer(Operation.Kind.READ, offset, target, true);
      readStaged(offset, target);
    } else {
      begin(transfer(Operation.Kind.READ, offset, target, true)).await();
    }
  }

  /** Reads as many bytes as remain in the buffer, whose position is at its limit after that. */
  public void read(long offset, ByteBuffer target) {
    read(offset, MemorySegment.ofBuffer(target));
    target.position(target.limit());
  }

  /** Reads as many bytes as the array has. */
  public void read(long offset, byte[] target) {
    read(offset, MemorySegment.ofArray(target));
  }

  /** As {@link #read(long, MemorySegment)}; the target has the bytes when the future completes. */
  public CompletableFuture<Void> readAsync(long offset, MemorySegment target) {
    return begin(transfer(Operation.Kind.READ, offset, target, false));
  }

  /** As {@link #readAsync(long, MemorySegment)}; the buffer's position is left alone. */
  public CompletableFuture<Void> readAsync(long offset, ByteBuffer target) {
    return readAsync(offset, MemorySegment.ofBuffer(target));
  }

  /** As {@link #readAsync(long, MemorySegment)}. */
  public CompletableFuture<Void> readAsync(long offset, byte[] target) {
    return readAsync(offset, MemorySegment.ofArray(target));
  }

  /** Writes all bytes of the segment. When it returns, they are visible to readers. */
  public void write(long offset, MemorySegment source) {
    write(Operation.Kind.WRITE, offset, source);
  }

  /** Writes the remaining bytes of the buffer, whose position is at its limit after that. */
  public void write(long offset, ByteBuffer source) {
    write(offset, MemorySegment.ofBuffer(source));
    source.position(source.limit());
  }

  /** Writes all bytes of the array. When it returns, they are visible to readers. */
  public void write(long offset, byte[] source) {
    write(offset, MemorySegment.ofArray(source));
  }

  /** As {@link #write(long, MemorySegment)}. */
  public CompletableFuture<Void> writeAsync(long offset, MemorySegment source) {
    return begin(transfer(Operation.Kind.WRITE, offset, source, false));
  }

  /** As {@link #write(long, MemorySegment)}; the buffer's position is left alone. */
  public CompletableFuture<Void> writeAsync(long offset, ByteBuffer source) {
    return writeAsync(offset, MemorySegment.ofBuffer(source));
  }

  /** As {@link #write(long, MemorySegment)}. */
  public CompletableFuture<Void> writeAsync(long offset, byte[] source) {
    return writeAsync(offset, MemorySegment.ofArray(source));
  }

  /**
   * Writes all bytes of the segment and makes them durable, in fewer round trips than {@link
   * #write} and {@link #flush}.
   *
   * @throws DsaException UNSUPPORTED if the volume is volatile or open for reading only
   */
  public void writeDurable(long offset, MemorySegment source) {
    write(Operation.Kind.WRITE_DURABLE, offset, source);
  }

  /** As {@link #writeDurable(long, MemorySegment)}, of the remaining bytes of the buffer. */
  public void writeDurable(long offset, ByteBuffer source) {
    writeDurable(offset, MemorySegment.ofBuffer(source));
    source.position(source.limit());
  }

  /** As {@link #writeDurable(long, MemorySegment)}. */
  public void writeDurable(long offset, byte[] source) {
    writeDurable(offset, MemorySegment.ofArray(source));
  }

  /** As {@link #writeDurable(long, MemorySegment)}. */
  public CompletableFuture<Void> writeDurableAsync(long offset, MemorySegment source) {
    return begin(transfer(Operation.Kind.WRITE_DURABLE, offset, source, false));
  }

  /** As {@link #writeDurable(long, MemorySegment)}; the buffer's position is left alone. */
  public CompletableFuture<Void> writeDurableAsync(long offset, ByteBuffer source) {
    return writeDurableAsync(offset, MemorySegment.ofBuffer(source));
  }

  /** As {@link #writeDurable(long, MemorySegment)}. */
  public CompletableFuture<Void> writeDurableAsync(long offset, byte[] source) {
    return writeDurableAsync(offset, MemorySegment.ofArray(source));
  }

  /**
   * Makes durable what is in a range: every write of this volume that had completed before the
   * call, and what this thread asked for before it.
   *
   * @throws DsaException UNSUPPORTED if the volume is volatile or open for reading only;
   *     NOT_DURABLE if the server was restarted between such a write and this
   */
  public void flush(long offset, long length) {
    begin(flushing(offset, length, true)).await();
  }

  /** As {@link #flush(long, long)}, of the whole volume. */
  public void flush() {
    flush(0, bytes);
  }

  /** As {@link #flush(long, long)}. */
  public CompletableFuture<Void> flushAsync(long offset, long length) {
    return begin(flushing(offset, length, false));
  }

  /** As {@link #flush(long, long)}, of the whole volume. */
  public CompletableFuture<Void> flushAsync() {
    return flushAsync(0, bytes);
  }

  /**
   * Replaces 8 bytes if they are as expected, in one step that no other atomic comes between.
   * Values are in the byte order of the machines.
   *
   * @param offset a multiple of 8
   * @return what was there before: it was replaced if that is {@code expected}
   * @throws DsaException UNSUPPORTED if the device has no atomics; DISCONNECTED if the connection
   *     was lost and whether it took effect is not known
   */
  public long compareAndSwap(long offset, long expected, long replacement) {
    return begin(
            atomic(
                Operation.Kind.COMPARE_AND_SWAP,
                offset,
                expected,
                replacement,
                true,
                Long::valueOf))
        .await();
  }

  /** As {@link #compareAndSwap}. */
  public CompletableFuture<Long> compareAndSwapAsync(long offset, long expected, long replacement) {
    return begin(
        atomic(
            Operation.Kind.COMPARE_AND_SWAP, offset, expected, replacement, false, Long::valueOf));
  }

  /**
   * Adds to 8 bytes in one step; otherwise as {@link #compareAndSwap}.
   *
   * @param offset a multiple of 8
   * @return what was there before
   */
  public long fetchAndAdd(long offset, long addend) {
    return begin(atomic(Operation.Kind.FETCH_AND_ADD, offset, 0, addend, true, Long::valueOf))
        .await();
  }

  /** As {@link #fetchAndAdd}. */
  public CompletableFuture<Long> fetchAndAddAsync(long offset, long addend) {
    return begin(atomic(Operation.Kind.FETCH_AND_ADD, offset, 0, addend, false, Long::valueOf));
  }

  /**
   * Writes 8 bytes at once: whoever reads them sees all or nothing of it, after a loss of power too
   * once it was flushed.
   *
   * @param offset a multiple of 8
   * @throws DsaException UNSUPPORTED if the device cannot do that
   */
  public void atomicWrite(long offset, long value) {
    begin(atomic(Operation.Kind.ATOMIC_WRITE, offset, 0, value, true, Volume::nothing)).await();
  }

  /** As {@link #atomicWrite}. */
  public CompletableFuture<Void> atomicWriteAsync(long offset, long value) {
    return begin(atomic(Operation.Kind.ATOMIC_WRITE, offset, 0, value, false, Volume::nothing));
  }

  private void write(Operation.Kind kind, long offset, MemorySegment source) {
    if (isOfThisThreadOnly(source)) {
      checkTransfer(kind, offset, source, true);
      writeStaged(kind, offset, source);
    } else {
      begin(transfer(kind, offset, source, true)).await();
    }
  }

  private static Void nothing(long ignored) {
    return null;
  }

  private <T> Operation<T> begin(Operation<T> operation) {
    lanes.begin(operation);
    return operation;
  }

  private Operation<Void> transfer(
      Operation.Kind kind, long offset, MemorySegment segment, boolean blocking) {
    checkTransfer(kind, offset, segment, blocking);
    Operation<Void> operation =
        new Operation<>(lanes, kind, offset, segment.byteSize(), blocking, Volume::nothing);
    RegisteredBuffer buffer = registered(segment, kind == Operation.Kind.READ);
    if (buffer == null) {
      operation.copies(segment);
    } else {
      operation.moves(segment, buffer);
    }
    return operation;
  }

  /** The buffer that all of the memory is in, acquired once; null where it is to be copied. */
  private RegisteredBuffer registered(MemorySegment segment, boolean toBeWritten) {
    if (!segment.isNative()) {
      return null;
    }
    RegisteredBuffer buffer = memory.find(segment);
    if (buffer != null && (buffer.isWritable() || !toBeWritten) && buffer.acquire(1)) {
      return buffer;
    }
    return registrations.acquire(segment, toBeWritten);
  }

  private Operation<Void> flushing(long offset, long length, boolean blocking) {
    checkRange(offset, length);
    checkChangeable(Operation.Kind.FLUSH);
    return new Operation<>(lanes, Operation.Kind.FLUSH, offset, length, blocking, Volume::nothing);
  }

  private <T> Operation<T> atomic(
      Operation.Kind kind,
      long offset,
      long expected,
      long operand,
      boolean blocking,
      LongFunction<T> result) {
    checkRange(offset, Long.BYTES);
    if (offset % Long.BYTES != 0) {
      throw new IllegalArgumentException(
          "an atomic at offset "
              + offset
              + " of volume "
              + name
              + ", which is not a multiple of "
              + Long.BYTES);
    }
    checkChangeable(kind);
    Operation<T> operation = new Operation<>(lanes, kind, offset, Long.BYTES, blocking, result);
    operation.operands(expected, operand);
    return operation;
  }

  /** Memory of a confined arena, which only its thread may touch, comes by way of an array. */
  private static boolean isOfThisThreadOnly(MemorySegment segment) {
    return segment.isNative()
        && !SharedMemory.isShared(segment)
        && segment.isAccessibleBy(Thread.currentThread());
  }

  private void readStaged(long offset, MemorySegment target) {
    byte[] stage = new byte[(int) Math.min(target.byteSize(), STAGE_BYTES)];
    for (long at = 0; at < target.byteSize(); at += stage.length) {
      MemorySegment part = part(stage, target.byteSize() - at);
      read(offset + at, part);
      MemorySegment.copy(part, 0, target, at, part.byteSize());
    }
  }

  private void writeStaged(Operation.Kind kind, long offset, MemorySegment source) {
    byte[] stage = new byte[(int) Math.min(source.byteSize(), STAGE_BYTES)];
    for (long at = 0; at < source.byteSize(); at += stage.length) {
      MemorySegment part = part(stage, source.byteSize() - at);
      MemorySegment.copy(source, at, part, 0, part.byteSize());
      write(kind, offset + at, part);
    }
  }

  private static MemorySegment part(byte[] stage, long left) {
    return MemorySegment.ofArray(stage).asSlice(0, Math.min(left, stage.length));
  }

  private void checkTransfer(
      Operation.Kind kind, long offset, MemorySegment segment, boolean blocking) {
    Objects.requireNonNull(segment, "memory");
    checkRange(offset, segment.byteSize());
    if (!segment.scope().isAlive()) {
      throw new IllegalStateException("the memory of a " + kind + " was freed");
    }
    if (kind == Operation.Kind.READ && segment.isReadOnly()) {
      throw new IllegalArgumentException(
          "a read of " + segment.byteSize() + " bytes into memory that is read-only");
    }
    if (!SharedMemory.isShared(segment)) {
      if (!segment.isAccessibleBy(Thread.currentThread())) {
        throw new IllegalArgumentException(
            "a " + kind + " with memory of a confined arena of another thread");
      }
      if (!blocking) {
        throw new IllegalArgumentException(
            "a "
                + kind
                + " with a future and memory of a confined arena, which only its own thread may"
                + " touch; use a shared or automatic arena, or a blocking call");
      }
    }
    if (kind != Operation.Kind.READ) {
      checkChangeable(kind);
    }
  }

  private void checkRange(long offset, long length) {
    checkOpen();
    QueueVolume.checkRange(name, bytes, offset, length);
  }

  private void checkChangeable(Operation.Kind kind) {
    if (!mode.writes()) {
      throw new DsaException(
          DsaException.Category.UNSUPPORTED,
          "volume " + name + " is open for reading only: no " + kind);
    }
    if ((kind == Operation.Kind.FLUSH || kind == Operation.Kind.WRITE_DURABLE)
        && durability().isEmpty()) {
      throw new DsaException(
          DsaException.Category.UNSUPPORTED,
          "volume " + name + " is volatile: no " + kind + ", nothing on it can be durable");
    }
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException("volume " + name + " is closed");
    }
    if (lanes.end() instanceof DsaException why) {
      throw DsaException.again(why);
    }
  }

  /** Requests that have not ended, those that nobody waits for any more included. */
  int inFlight() {
    return lanes.inFlight();
  }

  /**
   * Why the server has revoked the volume: ACCESS_DENIED where another client has taken it over or
   * has written it meanwhile, UNKNOWN_VOLUME where it is being deleted, NOT_PERMITTED where the
   * user has lost its right. A queue of one's own says no more than that it is of no use, so who
   * wants to know closes the volume and asks.
   *
   * @return empty where it was not revoked, and where the server cannot say, because the session
   *     has ended too; known after {@link #close} at the latest
   */
  public Optional<DsaException> revocation() {
    return revocation.or(() ->
        lanes.end() instanceof DsaException why && why.isRevocation()
            ? Optional.of(why)
            : Optional.empty());
  }

  /**
   * Ends all requests with CLOSED, then the queues, then tells the server. When it returns, nothing
   * reaches the memory of any request any more, also where another thread closed it first.
   * Idempotent.
   */
  @Override
  public void close() {
    boolean first;
    synchronized (this) {
      first = !closed;
      closed = true;
    }
    if (!first) {
      closing.join();
      return;
    }
    try {
      CloseAll.inOrder(
          lanes,
          registrations::close,
          () -> revocation = lanes.attachment().leave(),
          () -> onClose.accept(this));
    } finally {
      closing.complete(null);
    }
  }
}
