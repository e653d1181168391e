package io.dsa.lab.crash;

import io.dsa.lab.crash.ExpectedVolume.Shape;
import io.dsa.sal.Device;
import io.dsa.sal.Extent;
import io.dsa.sal.Pool;
import io.dsa.sal.StorageException;
import io.dsa.sal.Volume;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Writes records to a pool in this process and makes them durable, and changes volumes meanwhile.
 * All in one thread, so that the same seed does the same again: writes come between the steps of a
 * change.
 */
final class PoolWorkload {
  /** Slots of a volume that are used, over all of it; each often enough to be overwritten. */
  private static final int SLOTS_USED = 24;

  private static final int BATCH = 4;

  private final Device device;
  private final Pool pool;
  private final Journal journal;
  private final SplittableRandom random;
  private final ChangePlan plan;

  /** What is where, as it was last acknowledged, by the volume's number. */
  private final Map<Long, Volume> volumes = new HashMap<>();

  private final Runnable acknowledged;
  private boolean inChange;

  /**
   * Opens the pool.
   *
   * @param device the caller closes it
   * @param firstId see {@link ChangePlan}
   * @param acknowledged called when something was acknowledged: a few records, or a change
   */
  PoolWorkload(
      Device device,
      Journal journal,
      SplittableRandom random,
      long firstId,
      Runnable acknowledged) {
    this.acknowledged = acknowledged;
    this.device = device;
    this.journal = journal;
    this.random = random;
    this.pool = Pool.open(new SteppedDevice(device, this::meanwhile));
    this.plan = new ChangePlan(journal, this::apply, random, firstId, pool.capacity() * 2 / 5);
  }

  /** Goes on until the storage fails, the process ends, or the thread is interrupted. */
  void run() {
    while (!Thread.interrupted()) {
      if (random.nextInt(3) == 0) {
        plan.change();
        acknowledged.run();
      } else {
        write();
      }
    }
  }

  private void apply(String name, Change change) {
    inChange = true;
    try {
      switch (change) {
        case Change.Create c -> volumes.put(c.volume(), pool.createVolume(name, c.bytes()));
        case Change.Resize c -> volumes.put(c.volume(), pool.resizeVolume(known(c), c.bytes()));
        case Change.Rename c -> volumes.put(c.volume(), pool.renameVolume(known(c), c.name()));
        case Change.Delete c -> {
          pool.deleteVolume(known(c));
          volumes.remove(c.volume());
        }
      }
    } catch (StorageException e) {
      if (e.category() == StorageException.Category.NO_SPACE) {
        throw new VolumeAdmin.Refused(e);
      }
      throw e;
    } finally {
      inChange = false;
    }
  }

  private Volume known(Change change) {
    return volumes.get(change.volume());
  }

  /** Called before each step of the pool's. */
  private void meanwhile() {
    if (inChange && random.nextInt(3) == 0) {
      write();
    }
  }

  private void write() {
    List<Map.Entry<Long, Shape>> writable =
        plan.writable().entrySet().stream()
            .filter(entry -> SlotRecord.slots(entry.getValue().bytes()) > 0)
            .toList();
    if (writable.isEmpty()) {
      return;
    }
    Map.Entry<Long, Shape> chosen = writable.get(random.nextInt(writable.size()));
    Volume volume = volumes.get(chosen.getKey());
    int slots = SlotRecord.slots(chosen.getValue().bytes());
    int used = Math.min(slots, SLOTS_USED);
    List<SlotRecord> records =
        random
            .ints(random.nextInt(1, BATCH + 1), 0, used)
            .distinct()
            .mapToObj(slot -> journal.next(chosen.getKey(), slot * (slots / used)))
            .toList();
    journal.append(records.stream().map(JournalEntry.Issued::new).toList());
    List<List<Extent>> written = new ArrayList<>();
    for (SlotRecord record : records) {
      written.add(put(volume, record));
    }
    for (int i = 0; i < records.size(); i++) {
      written.get(i).forEach(piece -> device.persist(piece.poolOffset(), piece.length()));
      journal.append(new JournalEntry.Flushed(records.get(i)));
    }
    acknowledged.run();
  }

  private List<Extent> put(Volume volume, SlotRecord record) {
    MemorySegment bytes = MemorySegment.ofArray(record.encode());
    List<Extent> pieces = volume.locate(record.offset(), bytes.byteSize());
    long done = 0;
    for (Extent piece : pieces) {
      device.write(piece.poolOffset(), bytes.asSlice(done, piece.length()));
      done += piece.length();
    }
    return pieces;
  }
}
