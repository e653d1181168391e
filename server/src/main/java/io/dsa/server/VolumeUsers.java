package io.dsa.server;

import io.dsa.protocol.ErrorCode;
import io.dsa.protocol.OpenMode;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Who has which volume open, and who is kept out by that. Thread-safe. */
final class VolumeUsers {
  private static final class Use {
    private int readers;
    private int exclusiveWriters;
    private int sharedWriters;

    int count() {
      return readers + exclusiveWriters + sharedWriters;
    }

    boolean excludes(OpenMode mode) {
      return (exclusiveWriters > 0 && OpenMode.READ_WRITE.excludes(mode))
          || (sharedWriters > 0 && OpenMode.SHARED_WRITE.excludes(mode));
    }

    void add(OpenMode mode, int change) {
      switch (mode) {
        case READ_ONLY -> readers += change;
        case READ_WRITE -> exclusiveWriters += change;
        case SHARED_WRITE -> sharedWriters += change;
      }
    }
  }

  private final Map<UUID, Use> uses = new HashMap<>();

  /** Who had a volume for writing last; as long as the volume is there. */
  private final Map<UUID, UUID> lastWriters = new HashMap<>();

  /** Volumes that nobody can open, by how many keep them so. */
  private final Map<UUID, Integer> leaving = new HashMap<>();

  /** Counts a session in, or refuses: one exclusive writer, or any number of sharing writers. */
  synchronized void open(UUID volume, String name, OpenMode mode) {
    requireNotLeaving(volume, name);
    Use use = uses.computeIfAbsent(volume, id -> new Use());
    if (use.excludes(mode)) {
      throw new RequestException(
          ErrorCode.VOLUME_BUSY, "volume " + name + " is open for writing by another client");
    }
    use.add(mode, 1);
  }

  /** Refuses a volume that nobody can open for now, whoever has it. */
  synchronized void requireNotLeaving(UUID volume, String name) {
    if (leaving.containsKey(volume)) {
      throw new RequestException(ErrorCode.VOLUME_BUSY, "volume " + name + " is being deleted");
    }
  }

  /**
   * Notes who has a volume for writing now.
   *
   * @param onlyIfLast it would go on, and writes nothing if somebody else had the volume: then it
   *     is not noted, and is told the same however often it asks
   * @return whether somebody else had it since that one had it last
   */
  synchronized boolean taken(UUID volume, UUID writer, boolean onlyIfLast) {
    UUID last = lastWriters.get(volume);
    boolean other = last != null && !last.equals(writer);
    if (!other || !onlyIfLast) {
      lastWriters.put(volume, writer);
    }
    return other;
  }

  /** The volume is no more. */
  synchronized void forget(UUID volume) {
    lastWriters.remove(volume);
  }

  synchronized void close(UUID volume, OpenMode mode) {
    Use use = uses.get(volume);
    use.add(mode, -1);
    if (use.count() == 0) {
      uses.remove(volume);
    }
    notifyAll();
  }

  /**
   * Runs an action while nobody can open the volume, so that whoever it is taken from does not come
   * back before it is gone.
   */
  void keepingOut(UUID volume, Runnable action) {
    synchronized (this) {
      leaving.merge(volume, 1, Integer::sum);
    }
    try {
      action.run();
    } finally {
      synchronized (this) {
        leaving.computeIfPresent(volume, (_, times) -> times == 1 ? null : times - 1);
      }
    }
  }

  /** Waits for those who are letting go of a volume in this moment; true when nobody has it. */
  boolean awaitUnused(UUID volume, Duration most) {
    return awaitUse(volume, most, use -> use == null);
  }

  /** The same; true when nobody keeps the volume from being opened so. */
  boolean awaitOpenable(UUID volume, OpenMode mode, Duration most) {
    return awaitUse(volume, most, use -> use == null || !use.excludes(mode));
  }

  private synchronized boolean awaitUse(UUID volume, Duration most, Predicate<Use> wanted) {
    return BoundedWait.on(this, most, () -> wanted.test(uses.get(volume)));
  }

  /** Runs an action that needs the volume to be open nowhere; nobody can open it meanwhile. */
  synchronized <T> T whileUnused(UUID volume, String name, Supplier<T> action) {
    Use use = uses.get(volume);
    if (use != null && use.count() > 0) {
      throw new RequestException(
          ErrorCode.VOLUME_BUSY,
          "volume " + name + " is open by " + use.count() + " client(s); close it there first");
    }
    return action.get();
  }
}
