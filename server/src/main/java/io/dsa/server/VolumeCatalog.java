package io.dsa.server;

import io.dsa.protocol.ErrorCode;
import io.dsa.protocol.PoolInfo;
import io.dsa.protocol.VolumeInfo;
import io.dsa.protocol.VolumeName;
import io.dsa.protocol.VolumeState;
import io.dsa.sal.Volume;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** The volumes of all pools by name. Thread-safe. */
final class VolumeCatalog {
  /** A volume and the pool that it lies in. */
  record Located(ServedPool pool, Volume volume) {
    VolumeInfo info() {
      VolumeState state =
          switch (volume.state()) {
            case CREATING -> VolumeState.CREATING;
            case READY -> VolumeState.READY;
          };
      return new VolumeInfo(
          volume.name(),
          volume.bytes(),
          pool.uri(),
          volume.extents().size(),
          pool.durability(),
          state);
    }

    /** The same, but not a volume that may still show what its space held before. */
    Located ready() {
      if (volume.state() != io.dsa.sal.VolumeState.READY) {
        throw new RequestException(
            ErrorCode.VOLUME_BUSY,
            "volume " + volume.name() + " is being created; try again later");
      }
      return this;
    }
  }

  private final List<ServedPool> pools;

  /**
   * Names that are being given to volumes, so that each is unique over all pools; guarded by
   * itself.
   */
  private final Set<String> taking = new HashSet<>();

  VolumeCatalog(List<ServedPool> pools) {
    this.pools = List.copyOf(pools);
    requireDistinctNames();
  }

  /** Pools of several servers may come together, and a name must not mean now this, now that. */
  private void requireDistinctNames() {
    Map<String, ServedPool> owners = new HashMap<>();
    for (ServedPool pool : pools) {
      for (Volume volume : pool.pool().volumes()) {
        ServedPool other = owners.putIfAbsent(volume.name(), pool);
        if (other != null) {
          throw new ServerException(
              ServerException.Category.STORAGE,
              "pools "
                  + other.uri()
                  + " and "
                  + pool.uri()
                  + " both hold a volume "
                  + volume.name()
                  + "; serve one of them alone, rename the volume there, and then serve both");
        }
      }
    }
  }

  List<PoolInfo> pools() {
    return pools.stream().map(ServedPool::info).toList();
  }

  /** All volumes, in the order of their names. */
  List<Located> all() {
    return pools.stream()
        .flatMap(pool -> pool.pool().volumes().stream().map(volume -> new Located(pool, volume)))
        .sorted(Comparator.comparing(located -> located.volume().name()))
        .toList();
  }

  /** All volumes of these whose names come after this one, in order. */
  List<VolumeInfo> after(String name, Predicate<Volume> seen) {
    return pools.stream()
        .flatMap(pool -> pool.pool().volumes().stream().map(volume -> new Located(pool, volume)))
        .filter(located -> seen.test(located.volume()))
        .map(Located::info)
        .filter(info -> info.name().compareTo(name) > 0)
        .sorted(Comparator.comparing(VolumeInfo::name))
        .toList();
  }

  /** Finds a volume; one that is not to be seen is answered as if it were not there. */
  Located find(String name, Predicate<Volume> seen) {
    return lookUp(name)
        .filter(located -> seen.test(located.volume()))
        .orElseThrow(() ->
            new RequestException(
                ErrorCode.UNKNOWN_VOLUME,
                "there is no volume named " + name + "; see 'dsa volume list'"));
  }

  private Optional<Located> lookUp(String name) {
    for (ServedPool pool : pools) {
      Optional<Volume> volume = pool.pool().volume(name);
      if (volume.isPresent()) {
        return Optional.of(new Located(pool, volume.get()));
      }
    }
    return Optional.empty();
  }

  /**
   * Creates a volume.
   *
   * @param poolUri the pool to make it in, or empty for the one with the most room, a persistent
   *     one where there is any
   */
  Located create(String name, long bytes, String poolUri) {
    checkSize(name, bytes);
    ServedPool pool = poolUri.isEmpty() ? roomiest() : pool(poolUri);
    return named(name, () -> new Located(pool, pool.pool().createVolume(name, bytes)));
  }

  private ServedPool roomiest() {
    return pools.stream()
        .max(
            Comparator.comparing((ServedPool pool) -> pool.isPersistent())
                .thenComparingLong(pool -> pool.pool().free()))
        .orElseThrow(() -> new RequestException(ErrorCode.NO_SPACE, "there is no pool"));
  }

  private ServedPool pool(String uri) {
    return pools.stream()
        .filter(pool -> pool.uri().equals(uri))
        .findFirst()
        .orElseThrow(() ->
            new RequestException(
                ErrorCode.UNKNOWN_POOL,
                "there is no pool " + uri + " on this server; see 'dsa pool list'"));
  }

  Located rename(Located located, String newName) {
    ServedPool pool = located.pool();
    return named(
        newName, () -> new Located(pool, pool.pool().renameVolume(located.volume(), newName)));
  }

  /**
   * Changes the size; what is added reads as zeros. Refused if it is no longer the size that was
   * found.
   */
  Located resize(Located located, long bytes) {
    checkSize(located.volume().name(), bytes);
    return new Located(located.pool(), located.pool().pool().resizeVolume(located.volume(), bytes));
  }

  private static void checkSize(String name, long bytes) {
    if (bytes < 1) {
      throw new RequestException(
          ErrorCode.INVALID_SIZE, "volume " + name + ": a size of " + bytes + " bytes");
    }
  }

  /**
   * Runs what gives a volume this name, which nobody else has or takes meanwhile. Others' names are
   * not held up: zeroing a large volume takes long.
   */
  private Located named(String name, Supplier<Located> change) {
    VolumeName.problemOfNew(name)
        .ifPresent(problem -> {
          throw new RequestException(ErrorCode.INVALID_NAME, problem);
        });
    synchronized (taking) {
      if (lookUp(name).isPresent() || !taking.add(name)) {
        throw new RequestException(
            ErrorCode.VOLUME_EXISTS,
            "there already is a volume named " + name + "; use another name, or delete it first");
      }
    }
    try {
      return change.get();
    } finally {
      synchronized (taking) {
        taking.remove(name);
      }
    }
  }

  void delete(Located located) {
    located.pool().pool().deleteVolume(located.volume());
  }
}
