package io.dsa.server;

import io.dsa.sal.Extent;
import io.dsa.verbs.CloseAll;
import io.dsa.verbs.Errno;
import io.dsa.verbs.MemoryRegion;
import io.dsa.verbs.ProtectionDomain;
import io.dsa.verbs.VerbsException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * The memory regions of extents: made when first needed, shared by all sessions, released with the
 * last. One region for each extent, or several in a row where the device takes none that long.
 * Thread-safe.
 *
 * <p>A region carries no right of remote access; only windows bound to it do.
 */
final class RegionTable {
  /**
   * SoftRoCE of kernel 7 keeps the pages of a region in one allocation, which ends at 1 GiB. A
   * device says no more than ENOMEM, so that only trying tells.
   */
  private static final long SHORTER = 1L << 30;

  private record Key(ServedPool pool, Extent extent) {}

  /** Guarded by itself, so that registering one extent holds up nobody who wants another. */
  private static final class Entry {
    private List<MemoryRegion> regions = List.of();
    private int users;

    /** No longer in the table, and not to be used. */
    private boolean removed;
  }

  private final ProtectionDomain domain;
  private final long longest;
  private final ConcurrentMap<Key, Entry> entries = new ConcurrentHashMap<>();

  /**
   * Makes an empty table.
   *
   * @param longest what the device says that a region may have, in bytes
   */
  RegionTable(ProtectionDomain domain, long longest) {
    this.domain = domain;
    this.longest = longest;
  }

  /**
   * The regions over an extent, in order and without gaps, to be given back by {@link #release}.
   *
   * @throws VerbsException ENOMEM over the limit on locked memory, or out of regions; nothing is
   *     kept
   */
  List<MemoryRegion> acquire(ServedPool pool, Extent extent) {
    Key key = new Key(pool, extent);
    while (true) {
      Entry entry = entries.computeIfAbsent(key, missing -> new Entry());
      synchronized (entry) {
        if (!entry.removed) {
          return acquire(key, entry);
        }
      }
    }
  }

  private List<MemoryRegion> acquire(Key key, Entry entry) {
    if (entry.users == 0) {
      try {
        entry.regions =
            register(key.pool().memory(key.extent()), key.pool().reach().regionAccess());
      } catch (RuntimeException e) {
        remove(key, entry);
        throw e;
      }
    }
    entry.users++;
    return entry.regions;
  }

  private void remove(Key key, Entry entry) {
    entry.removed = true;
    entries.remove(key, entry);
  }

  private List<MemoryRegion> register(MemorySegment memory, int access) {
    try {
      return register(memory, access, longest);
    } catch (VerbsException e) {
      if (e.errno() != Errno.ENOMEM || memory.byteSize() <= SHORTER) {
        throw e;
      }
      return register(memory, access, Math.min(longest, SHORTER));
    }
  }

  private List<MemoryRegion> register(MemorySegment memory, int access, long most) {
    List<MemoryRegion> regions = new ArrayList<>();
    try {
      long length;
      for (long at = 0; at < memory.byteSize(); at += length) {
        length = Math.min(most, memory.byteSize() - at);
        regions.add(domain.register(memory.asSlice(at, length), access));
      }
      return List.copyOf(regions);
    } catch (RuntimeException e) {
      CloseAll.of(regions);
      throw e;
    }
  }

  void release(ServedPool pool, Extent extent) {
    Key key = new Key(pool, extent);
    Entry entry = entries.get(key);
    synchronized (entry) {
      if (--entry.users == 0) {
        remove(key, entry);
        CloseAll.of(entry.regions);
      }
    }
  }
}
