package io.dsa.server;

import io.dsa.protocol.ErrorCode;
import io.dsa.protocol.PoolInfo;
import io.dsa.protocol.VolumeInfo;
import io.dsa.protocol.VolumeName;
import io.dsa.protocol.VolumeState;
import io.dsa.sal.Volume;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

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
  }

  private final List<ServedPool> pools;

  /** Held while a name is checked and taken, so that it is unique over all pools. */
  private final Object naming = new Object();

  VolumeCatalog(List<ServedPool> pools) {
    this.pools = List.copyOf(pools);
  }

  List<PoolInfo> pools() {
    return pools.stream().map(ServedPool::info).toList();
  }

  /** All volumes whose names come after this one, in order. */
  List<VolumeInfo> after(String name) {
    return pools.stream()
        .flatMap(pool -> pool.pool().volumes().stream().map(volume -> new Located(pool, volume)))
        .map(Located::info)
        .filter(info -> info.name().compareTo(name) > 0)
        .sorted(Comparator.comparing(VolumeInfo::name))
        .toList();
  }

  Located find(String name) {
    return lookUp(name)
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

  /** Creates a volume in the pool with the most room. */
  Located create(String name, long bytes) {
    VolumeName.problem(name)
        .ifPresent(problem -> {
          throw new RequestException(ErrorCode.INVALID_NAME, problem);
        });
    if (bytes < 1) {
      throw new RequestException(
          ErrorCode.INVALID_SIZE, "volume " + name + ": a size of " + bytes + " bytes");
    }
    ServedPool roomiest =
        pools.stream()
            .max(Comparator.comparingLong(pool -> pool.pool().free()))
            .orElseThrow(() -> new RequestException(ErrorCode.NO_SPACE, "there is no pool"));
    synchronized (naming) {
      if (lookUp(name).isPresent()) {
        throw new RequestException(
            ErrorCode.VOLUME_EXISTS, "there already is a volume named " + name);
      }
      roomiest.pool().createVolume(name, bytes);
    }
    return find(name);
  }

  void delete(Located located) {
    located.pool().pool().deleteVolume(located.volume().name());
  }
}
