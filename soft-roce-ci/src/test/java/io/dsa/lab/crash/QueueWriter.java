package io.dsa.lab.crash;

import io.dsa.client.DsaClient;
import io.dsa.client.IoQueue;
import io.dsa.client.IoStatus;
import io.dsa.client.RegisteredBuffer;
import io.dsa.client.Volume;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Writes records to a volume by RDMA and flushes them, a batch in flight at a time. Belongs to one
 * thread.
 */
final class QueueWriter implements AutoCloseable {
  private static final int BATCH = 8;
  private static final int SLOTS_USED = 64;
  private static final long FLUSH_OF_ALL = -1;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Journal journal;
  private final long id;
  private final SplittableRandom random;
  private final int slots;
  private final RegisteredBuffer buffer;
  private final IoQueue queue;

  /** What completed of the batch in flight: token and status. */
  private final Map<Long, IoStatus> completed = new HashMap<>();

  /** Flushes that were acknowledged and are not journaled yet. */
  private List<JournalEntry> acknowledged = new ArrayList<>();

  /**
   * Opens a queue to a volume.
   *
   * @param id the volume's number
   */
  QueueWriter(DsaClient client, Volume volume, long id, Journal journal, SplittableRandom random) {
    this.journal = journal;
    this.id = id;
    this.random = random;
    this.slots = SlotRecord.slots(volume.bytes());
    this.buffer = client.allocate((long) BATCH * SlotRecord.PLACE_BYTES);
    this.queue = volume.openQueue(2 * BATCH);
  }

  /**
   * Writes and flushes a few records.
   *
   * @return whether the storage is still there
   */
  boolean writeBatch() {
    int used = Math.min(slots, SLOTS_USED);
    if (used == 0) {
      return true;
    }
    List<SlotRecord> records =
        random
            .ints(random.nextInt(1, BATCH + 1), 0, used)
            .distinct()
            .mapToObj(slot -> journal.next(id, slot * (slots / used)))
            .toList();
    // What was acknowledged goes into the journal before anything else is asked for.
    List<JournalEntry> entries = new ArrayList<>(acknowledged);
    records.forEach(record -> entries.add(new JournalEntry.Issued(record)));
    journal.append(entries);
    acknowledged = new ArrayList<>();
    boolean together = random.nextBoolean();
    post(records, together);
    await();
    for (int i = 0; i < records.size(); i++) {
      long flush = together ? FLUSH_OF_ALL : flushToken(i);
      if (completed.get((long) i) == IoStatus.OK && completed.get(flush) == IoStatus.OK) {
        acknowledged.add(new JournalEntry.Flushed(records.get(i)));
      }
    }
    boolean well = completed.values().stream().allMatch(status -> status == IoStatus.OK);
    completed.clear();
    return well;
  }

  private static long flushToken(int index) {
    return (long) BATCH + index;
  }

  /** Each record with a flush of its own, or one flush over all of them. */
  private void post(List<SlotRecord> records, boolean together) {
    long from = Long.MAX_VALUE;
    long to = 0;
    for (int i = 0; i < records.size(); i++) {
      SlotRecord record = records.get(i);
      byte[] bytes = record.encode();
      long at = (long) i * SlotRecord.PLACE_BYTES;
      MemorySegment.copy(MemorySegment.ofArray(bytes), 0, buffer.memory(), at, bytes.length);
      taken(i, queue.write(record.offset(), buffer, at, bytes.length, i));
      if (!together) {
        taken(flushToken(i), queue.flush(record.offset(), bytes.length, flushToken(i)));
      }
      from = Math.min(from, record.offset());
      to = Math.max(to, record.offset() + bytes.length);
    }
    if (together) {
      taken(FLUSH_OF_ALL, queue.flush(from, to - from, FLUSH_OF_ALL));
    }
  }

  private void taken(long token, IoStatus status) {
    if (status != IoStatus.OK) {
      completed.put(token, status);
    }
  }

  private void await() {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (queue.inFlight() > 0) {
      queue.await(completed::put, Duration.ofSeconds(1));
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException(queue.inFlight() + " requests never completed");
      }
    }
  }

  /** Journals what was acknowledged last, and closes. */
  @Override
  public void close() {
    journal.append(acknowledged);
    acknowledged = new ArrayList<>();
    queue.close();
    buffer.close();
  }
}
