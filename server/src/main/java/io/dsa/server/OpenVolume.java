package io.dsa.server;

import io.dsa.protocol.ErrorCode;
import io.dsa.protocol.OpenMode;
import io.dsa.sal.Extent;
import io.dsa.sal.Volume;
import java.util.UUID;

/**
 * A volume as one session has it open. Immutable.
 *
 * @param handle names it in its session
 * @param othersWrote whether another writer had it since the one that has it now
 */
record OpenVolume(long handle, ServedPool pool, Volume volume, OpenMode mode, boolean othersWrote) {

  /** Whether it keeps others from opening a volume so. */
  boolean excludes(UUID other, OpenMode asked) {
    return volume.id().equals(other) && mode.excludes(asked);
  }

  /** Makes a range durable that has landed in memory. */
  void persist(long offset, long length) {
    if (!mode.writes()) {
      throw new RequestException(
          ErrorCode.READ_ONLY, "volume " + volume.name() + " is open for reading only");
    }
    if (pool.durability().isEmpty()) {
      throw new RequestException(
          ErrorCode.VOLATILE_VOLUME,
          "volume " + volume.name() + " is volatile: nothing on " + pool.uri() + " can be durable");
    }
    if (length < 1 || offset < 0 || offset > volume.bytes() - length) {
      throw new RequestException(
          ErrorCode.BAD_REQUEST,
          "offset " + offset + " and length " + length + " are outside volume " + volume.name());
    }
    for (Extent piece : volume.locate(offset, length)) {
      pool.persist(piece.poolOffset(), piece.length());
    }
  }
}
