package io.dsa.sal;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * A pool of 1 TiB with ten thousand volumes. Their space is never written: the catalog is made at
 * once, which is why this is in the pool's package.
 */
@State(Scope.Thread)
public class LargePool {
  static final long CAPACITY = 1L << 40;
  static final int VOLUMES = 10_000;

  /** What the metadata is on: a file on a disk, written back by msync, or memory. */
  @Param({"file", "memory"})
  public String medium;

  /**
   * Whether each volume is of one extent, or of eight single units with a free one after each, so
   * that the free space is in eighty thousand pieces.
   */
  @Param({"false", "true"})
  public boolean fragmented;

  private Device device;
  private Pool pool;

  /** Makes the pool. */
  @Setup(Level.Trial)
  public void format() {
    boolean isFile = medium.equals("file");
    Path directory =
        Path.of(isFile ? System.getProperty("dsa.bench.directory", "/var/tmp") : "/dev/shm");
    device = new SparseFileDevice(directory, CAPACITY, isFile);
    PoolLayout layout = PoolLayout.of(CAPACITY);
    MetadataSlots.format(device, layout, catalog(layout.dataOffset()));
    pool = Pool.open(device);
    if (pool.volumes().size() != VOLUMES) {
      throw new IllegalStateException("not the pool that was to be measured: " + pool);
    }
  }

  private Catalog catalog(long dataOffset) {
    int pieces = fragmented ? 8 : 1;
    long unit = Pool.EXTENT_UNIT;
    List<Volume> volumes = new ArrayList<>();
    long at = dataOffset;
    for (int i = 0; i < VOLUMES; i++) {
      List<Extent> extents = new ArrayList<>();
      for (int piece = 0; piece < pieces; piece++) {
        extents.add(new Extent(at, unit));
        at += fragmented ? 2 * unit : unit;
      }
      String name = String.format("volume-%05d", i);
      volumes.add(
          new Volume(UUID.randomUUID(), name, pieces * unit - 5, extents, VolumeState.READY));
    }
    return Catalog.of("large", volumes);
  }

  Device device() {
    return device;
  }

  Pool pool() {
    return pool;
  }

  /** Deletes what {@link #format} made. */
  @TearDown(Level.Trial)
  public void delete() {
    pool.close();
    device.close();
  }
}
