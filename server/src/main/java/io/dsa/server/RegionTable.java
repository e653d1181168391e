package io.dsa.server;

import io.dsa.sal.Extent;
import io.dsa.verbs.Access;
import io.dsa.verbs.MemoryRegion;
import io.dsa.verbs.ProtectionDomain;
import java.util.HashMap;
import java.util.Map;

/**
 * The memory regions of extents: one for each extent, made when first needed, shared by all
 * sessions, released with the last. Thread-safe.
 *
 * <p>A region carries no right of remote access; only windows bound to it do.
 */
final class RegionTable {
  private record Key(ServedPool pool, long poolOffset) {}

  private static final class Entry {
    private final MemoryRegion region;
    private int users = 1;

    Entry(MemoryRegion region) {
      this.region = region;
    }
  }

  private final ProtectionDomain domain;
  private final Map<Key, Entry> entries = new HashMap<>();

  RegionTable(ProtectionDomain domain) {
    this.domain = domain;
  }

  /** The region of an extent, to be given back by {@link #release}. */
  synchronized MemoryRegion acquire(ServedPool pool, Extent extent) {
    Entry entry = entries.get(new Key(pool, extent.poolOffset()));
    if (entry != null) {
      entry.users++;
      return entry.region;
    }
    int access = Access.LOCAL_WRITE | Access.MW_BIND | pool.flushAccess();
    MemoryRegion region = domain.register(pool.memory(extent), access);
    entries.put(new Key(pool, extent.poolOffset()), new Entry(region));
    return region;
  }

  synchronized void release(ServedPool pool, Extent extent) {
    Key key = new Key(pool, extent.poolOffset());
    Entry entry = entries.get(key);
    if (--entry.users == 0) {
      entries.remove(key);
      entry.region.close();
    }
  }

  synchronized int size() {
    return entries.size();
  }
}
