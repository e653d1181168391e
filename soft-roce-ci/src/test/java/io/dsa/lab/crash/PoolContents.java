package io.dsa.lab.crash;

import io.dsa.sal.Extent;
import io.dsa.sal.Pool;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** Reads a pool's device in this process. */
record PoolContents(Pool pool) implements Contents {
  @Override
  public List<ExpectedVolume.Shape> volumes() {
    return pool.volumes().stream()
        .map(volume -> new ExpectedVolume.Shape(volume.name(), volume.bytes()))
        .toList();
  }

  @Override
  public void read(String volume, long offset, MemorySegment target) {
    long done = 0;
    for (Extent piece : pool.volume(volume).orElseThrow().locate(offset, target.byteSize())) {
      pool.device().read(piece.poolOffset(), target.asSlice(done, piece.length()));
      done += piece.length();
    }
  }
}
