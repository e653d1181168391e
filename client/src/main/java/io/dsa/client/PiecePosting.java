package io.dsa.client;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.CancellationException;

/**
 * Turns the requests of a lane into requests on its queue, a piece at a time. What is not
 * registered is copied to the lane's bounce memory on the way. Confined to the lane.
 */
final class PiecePosting {
  /** A request on registered memory moves in pieces of that, which spares the queue's depth. */
  private static final int DIRECT_PIECE = 8 << 20;

  /** One persist call takes no longer than this. */
  private static final long FLUSH_PIECE = 1L << 30;

  private final Pieces pieces;
  private long age;

  PiecePosting(Pieces pieces) {
    this.pieces = pieces;
  }

  /**
   * Posts what comes next of a request, which is that piece's from now on if the status is OK.
   *
   * @param piece the one that {@link Pieces#peek} names
   */
  IoStatus postNext(LaneRequest request, int piece, IoQueue queue, RegisteredBuffer bounce) {
    Operation<?> operation = request.operation;
    try {
      return switch (operation.kind()) {
        case READ, WRITE, WRITE_DURABLE ->
            request.posted < operation.length()
                ? postTransfer(request, piece, queue, bounce)
                : postFlush(request, piece, queue);
        case FLUSH -> postFlush(request, piece, queue);
        case COMPARE_AND_SWAP, FETCH_AND_ADD, ATOMIC_WRITE ->
            postAtomic(request, piece, queue, bounce);
      };
    } catch (RuntimeException e) {
      // Memory that was freed or closed meanwhile.
      request.failure = e;
      return IoStatus.LOCAL_ERROR;
    }
  }

  private IoStatus postTransfer(
      LaneRequest request, int piece, IoQueue queue, RegisteredBuffer bounce) {
    Operation<?> operation = request.operation;
    boolean copied = operation.buffer() == null;
    long left = operation.length() - request.posted;
    int length = (int) Math.min(left, copied ? pieces.bytes() : DIRECT_PIECE);
    RegisteredBuffer buffer = copied ? bounce : operation.buffer();
    long at = copied ? pieces.bounceOffset(piece) : operation.bufferOffset() + request.posted;
    if (copied
        && operation.kind() != Operation.Kind.READ
        && !copyIn(operation, request.posted, bounce, at, length)) {
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
      request.whollyPosted =
          length == left && (durable || operation.kind() != Operation.Kind.WRITE_DURABLE);
    }
    return status;
  }

  /** Copies what is to be written; false where the user has settled it and may use the memory. */
  private static boolean copyIn(
      Operation<?> operation, long from, RegisteredBuffer bounce, long at, int length) {
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

  private IoStatus postFlush(LaneRequest request, int piece, IoQueue queue) {
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
      request.whollyPosted = length == left;
    }
    return status;
  }

  private IoStatus postAtomic(
      LaneRequest request, int piece, IoQueue queue, RegisteredBuffer bounce) {
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
      request.whollyPosted = true;
    }
    return status;
  }
}
