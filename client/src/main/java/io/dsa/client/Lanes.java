package io.dsa.client;

import java.util.ArrayList;
import java.util.List;

/**
 * Carries out the operations of one volume: lets them in, hands them to lanes, and ends them.
 * Thread-safe.
 */
final class Lanes implements Operation.Owner, AutoCloseable {
  private final String volume;
  private final VolumeOptions options;
  private final Admission admission;
  private final LostWrites lostWrites = new LostWrites();
  private final LaneConnector connector;
  private final List<Lane> lanes = new ArrayList<>();
  private volatile RuntimeException end;

  Lanes(
      String volume,
      VolumeOptions options,
      Attachment first,
      Attachment.Source source,
      DeviceMemory memory) {
    this.volume = volume;
    this.options = options;
    this.admission = new Admission(options.maxRequests(), options.maxBytes());
    this.connector =
        new LaneConnector(volume, options, first, source, memory, lostWrites, this::end);
    int count = Math.min(options.lanes(), first.queueLimit());
    for (int i = 0; i < count; i++) {
      lanes.add(new Lane(volume, i, options, connector, lostWrites));
    }
    connector.serve(List.copyOf(lanes));
  }

  /** The volume as it is open, or was at last. */
  Attachment attachment() {
    return connector.current();
  }

  /** Why the volume is of no use any more, or null. */
  RuntimeException end() {
    return end;
  }

  /**
   * Takes an operation on, waiting for room. It completes in any case, also where there is no room
   * or no volume any more.
   */
  void begin(Operation<?> operation) {
    long deadline = System.nanoTime() + options.deadlineNanos();
    operation.deadline(deadline);
    try {
      admission.enter(operation, deadline);
    } catch (DsaException e) {
      operation.reject(e);
      return;
    }
    Lane own = lanes.get((int) (Thread.currentThread().threadId() % lanes.size()));
    if (operation.kind() == Operation.Kind.FLUSH) {
      flush(operation, own);
    } else {
      operation.onLanes(1);
      own.submit(new LaneRequest(operation, false));
    }
  }

  /**
   * The caller's lane flushes behind what the caller has asked for before. Others do that have
   * acknowledged writes: those are known to them before the writer hears of it.
   */
  private void flush(Operation<?> operation, Lane own) {
    List<Lane> others = new ArrayList<>();
    for (Lane lane : lanes) {
      if (lane != own && lane.isDirty()) {
        others.add(lane);
      }
    }
    operation.onLanes(1 + others.size());
    own.submit(new LaneRequest(operation, false));
    others.forEach(lane -> lane.submit(new LaneRequest(operation, true)));
  }

  @Override
  public void abandoned() {
    lanes.forEach(Lane::sweep);
  }

  @Override
  public void ended(Operation<?> operation) {
    admission.leave(operation);
  }

  @Override
  public DsaException verify(Operation<?> flush) {
    return lostWrites.tell(volume, flush.offset(), flush.end());
  }

  /** Operations that hold room. */
  int inFlight() {
    return admission.inFlight();
  }

  /** Fails whatever is there and whatever comes. */
  private void end(RuntimeException why) {
    boolean first;
    synchronized (this) {
      first = end == null;
      if (first) {
        end = why;
      }
    }
    lanes.forEach(lane -> lane.end(why));
    if (first) {
      admission.open();
    }
  }

  /** Ends all operations; when it returns, nothing reaches anybody's memory any more. */
  @Override
  public void close() {
    connector.close();
    end(
        new DsaException(
            DsaException.Category.CLOSED,
            "volume " + volume + " was closed before the request completed"));
    lanes.forEach(Lane::join);
  }
}
