package io.dsa.sal;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a large pool costs to open and to change: under 2 s and under 50 ms are what is asked of it.
 * The changes come in pairs that leave the pool as it was, so each figure is of two changes.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(value = 1, jvmArgsAppend = "-XX:+UseSerialGC")
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 3, time = 2)
public class PoolBenchmark {
  /** Reads the metadata and makes the map of free space. */
  @Benchmark
  public long open(LargePool large) {
    return Pool.open(large.device()).free();
  }

  /** As {@link #open}, where a crash left one slot to be written anew. */
  @Benchmark
  public long openAfterACrash(LargePool large) {
    large.device().zero(PoolLayout.headerOffset(1), SlotHeader.BYTES);
    return Pool.open(large.device()).free();
  }

  /** Makes a volume of one unit, which is zeroed, and deletes it: three commits. */
  @Benchmark
  public void createAndDelete(LargePool large) {
    large.pool().deleteVolume(large.pool().createVolume("volume-new", Pool.EXTENT_UNIT));
  }

  /** Renames a volume there and back. */
  @Benchmark
  public void renameTwice(LargePool large) {
    Volume volume = large.pool().volume("volume-05000").orElseThrow();
    large.pool().renameVolume(large.pool().renameVolume(volume, "renamed"), volume.name());
  }

  /** Grows a volume by a unit, which is zeroed, and shrinks it again. */
  @Benchmark
  public void growAndShrink(LargePool large) {
    Volume volume = large.pool().volume("volume-05000").orElseThrow();
    Volume larger = large.pool().resizeVolume(volume, volume.bytes() + Pool.EXTENT_UNIT);
    large.pool().resizeVolume(larger, volume.bytes());
  }

  /** Looks for damage. */
  @Benchmark
  public boolean check(LargePool large) {
    return PoolInspection.of(large.device()).isSound();
  }
}
