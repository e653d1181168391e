package io.dsa.client;

import io.dsa.protocol.DurabilityMethod;

/**
 * Turns requests on ranges of the volume into work requests on the memory of the server: one for
 * each extent that a range touches, and for each message that the device can move. Everything has
 * been checked before: ranges, credits, and that the buffers are acquired. Confined to the queue's
 * thread.
 */
final class RemoteRanges {
  /** Bytes that the READ of a flush fetches: enough to know what has landed. */
  static final int PROBE_BYTES = 8;

  /** The longest range of a FLUSH. */
  private static final long MAX_FLUSH_BYTES = Integer.MAX_VALUE;

  private final ExtentMap extents;
  private final long maxMessageBytes;
  private final RegisteredBuffer probe;
  private final RequestTable requests;
  private final SendQueue sends;

  RemoteRanges(
      ExtentMap extents,
      long maxMessageBytes,
      RegisteredBuffer probe,
      RequestTable requests,
      SendQueue sends) {
    this.extents = extents;
    this.maxMessageBytes = maxMessageBytes;
    this.probe = probe;
    this.requests = requests;
    this.sends = sends;
  }

  /** Work requests that a range takes to read or to write. */
  int parts(long offset, long length) {
    return extents.parts(offset, length, maxMessageBytes);
  }

  int parts(IoVector vector) {
    int parts = 0;
    for (int i = 0; i < vector.size(); i++) {
      parts += parts(vector.offset(i), vector.length(i));
    }
    return parts;
  }

  /** Work requests that a range takes to flush. */
  int flushParts(DurabilityMethod method, long offset, long length) {
    return method == DurabilityMethod.RDMA_FLUSH
        ? extents.parts(offset, length, MAX_FLUSH_BYTES)
        : 1;
  }

  void add(
      Direction direction,
      int request,
      long offset,
      RegisteredBuffer buffer,
      long bufferOffset,
      int length) {
    long address = buffer.address() + bufferOffset - offset;
    long end = offset + length;
    for (long at = offset; at < end; ) {
      int extent = extents.extentAt(at);
      long next = extents.pieceEnd(extent, at, end, maxMessageBytes);
      sends.transfer(
          direction,
          request,
          buffer,
          address + at,
          (int) (next - at),
          extents.remoteAddress(extent, at),
          extents.remoteKey(extent));
      at = next;
    }
  }

  void add(Direction direction, int request, IoVector vector) {
    for (int i = 0; i < vector.size(); i++) {
      add(
          direction,
          request,
          vector.offset(i),
          vector.buffer(i),
          vector.bufferOffset(i),
          vector.length(i));
    }
  }

  void addFlush(DurabilityMethod method, int request, long offset, long length) {
    switch (method) {
      case RDMA_FLUSH -> addFlushVerbs(request, offset, length);
      case READ_AFTER_WRITE -> addProbe(request, offset, length);
      case SERVER_PERSIST -> {
        addProbe(request, offset, length);
        requests.persistAfter(request, offset, length);
      }
    }
  }

  private void addFlushVerbs(int request, long offset, long length) {
    long end = offset + length;
    for (long at = offset; at < end; ) {
      int extent = extents.extentAt(at);
      long next = extents.pieceEnd(extent, at, end, MAX_FLUSH_BYTES);
      sends.flush(
          request, (int) (next - at), extents.remoteAddress(extent, at), extents.remoteKey(extent));
      at = next;
    }
  }

  /** A READ answers only after the writes before it on this queue have landed. */
  private void addProbe(int request, long offset, long length) {
    int extent = extents.extentAt(offset);
    long bytes = Math.min(PROBE_BYTES, Math.min(length, extents.end(extent) - offset));
    // It is freed after the queue pair, and then nothing can be posted any more.
    probe.acquire(1);
    sends.transfer(
        Direction.READ,
        request,
        probe,
        probe.address(),
        (int) bytes,
        extents.remoteAddress(extent, offset),
        extents.remoteKey(extent));
  }

  void addCompareAndSwap(
      int request,
      long offset,
      long expected,
      long replacement,
      RegisteredBuffer result,
      long resultOffset) {
    int extent = extents.extentAt(offset);
    sends.compareAndSwap(
        request,
        result,
        result.address() + resultOffset,
        expected,
        replacement,
        extents.remoteAddress(extent, offset),
        extents.remoteKey(extent));
  }

  void addFetchAndAdd(
      int request, long offset, long addend, RegisteredBuffer result, long resultOffset) {
    int extent = extents.extentAt(offset);
    sends.fetchAndAdd(
        request,
        result,
        result.address() + resultOffset,
        addend,
        extents.remoteAddress(extent, offset),
        extents.remoteKey(extent));
  }

  void addAtomicWrite(int request, long offset, long value) {
    int extent = extents.extentAt(offset);
    sends.atomicWrite(
        request, value, extents.remoteAddress(extent, offset), extents.remoteKey(extent));
  }
}
