package io.dsa.lab.crash;

import io.dsa.lab.crash.ExpectedVolume.Shape;
import io.dsa.lab.crash.JournalEntry.Began;
import io.dsa.lab.crash.JournalEntry.Ended;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/**
 * Chooses changes of a pool's volumes at random, has them carried out and journals them. Names come
 * back for new volumes, and so does space. Belongs to one thread.
 */
final class ChangePlan {
  private static final int NAMES = 8;
  private static final int MOST = 6;

  private final Journal journal;
  private final VolumeAdmin admin;
  private final RandomGenerator random;
  private final long largest;
  private final Map<Long, Shape> volumes = new TreeMap<>();
  private final Set<Long> kept = new HashSet<>();
  private long nextId;

  /** The volume whose data must not be touched now: it shrinks, goes or is not there yet. */
  private long untouchable;

  /**
   * Makes a plan without volumes.
   *
   * @param firstId the numbers of volumes count from here
   * @param largest size of a volume, in bytes
   */
  ChangePlan(
      Journal journal, VolumeAdmin admin, RandomGenerator random, long firstId, long largest) {
    this.journal = journal;
    this.admin = admin;
    this.random = random;
    this.nextId = firstId;
    this.largest = largest;
  }

  /** Makes a volume that is never deleted and never shrinks; returns its number. */
  long keep(String name, long bytes) {
    long id = create(name, bytes).orElseThrow();
    kept.add(id);
    return id;
  }

  /** Makes a volume, unless that is refused; returns its number. */
  Optional<Long> create(String name, long bytes) {
    long id = nextId++;
    if (!carryOut(name, new Change.Create(id, name, bytes))) {
      return Optional.empty();
    }
    volumes.put(id, new Shape(name, bytes));
    return Optional.of(id);
  }

  /** Changes something. */
  void change() {
    int choice = random.nextInt(10);
    if (volumes.size() < 2 || (choice < 4 && volumes.size() < MOST)) {
      create(freeName(), randomSize());
      return;
    }
    long id = pick();
    Shape shape = volumes.get(id);
    if (choice < 6) {
      long bytes = kept.contains(id) ? shape.bytes() + random.nextLong(100_000) : randomSize();
      if (carryOut(shape.name(), new Change.Resize(id, bytes))) {
        volumes.put(id, new Shape(shape.name(), bytes));
      }
    } else if (choice < 8 || kept.contains(id)) {
      String name = freeName();
      if (carryOut(shape.name(), new Change.Rename(id, name))) {
        volumes.put(id, new Shape(name, shape.bytes()));
      }
    } else if (carryOut(shape.name(), new Change.Delete(id))) {
      volumes.remove(id);
    }
  }

  private boolean carryOut(String name, Change change) {
    journal.append(new Began(change));
    boolean grows =
        change instanceof Change.Resize(long volume, long bytes)
            && bytes >= volumes.get(volume).bytes();
    untouchable = grows || change instanceof Change.Rename ? 0 : change.volume();
    boolean applied;
    try {
      admin.apply(name, change);
      applied = true;
    } catch (VolumeAdmin.Refused e) {
      applied = false;
    }
    untouchable = 0;
    journal.append(new Ended(change.volume(), applied));
    return applied;
  }

  private long randomSize() {
    // From small ones, so that the space is in pieces, and seldom in whole units.
    return 1 + (long) (largest * Math.pow(random.nextDouble(), 2));
  }

  private long pick() {
    List<Long> ids = new ArrayList<>(volumes.keySet());
    return ids.get(random.nextInt(ids.size()));
  }

  private String freeName() {
    List<String> free = new ArrayList<>();
    for (int i = 0; i < NAMES; i++) {
      free.add("v" + i);
    }
    volumes.values().forEach(shape -> free.remove(shape.name()));
    return free.get(random.nextInt(free.size()));
  }

  boolean isKept(long id) {
    return kept.contains(id);
  }

  /** Returns what can be written to now, also in the middle of a change, with its size. */
  Map<Long, Shape> writable() {
    Map<Long, Shape> writable = new TreeMap<>(volumes);
    writable.remove(untouchable);
    return writable;
  }
}
