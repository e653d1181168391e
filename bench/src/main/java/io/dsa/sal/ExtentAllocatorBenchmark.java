package io.dsa.sal;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The worst that a tebibyte of space can be: every second unit is taken. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(value = 1, jvmArgsAppend = "-XX:+UseSerialGC")
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 3, time = 2)
public class ExtentAllocatorBenchmark {
  private static final long UNIT = Pool.EXTENT_UNIT;

  private ExtentAllocator allocator;

  /** Takes every second unit. */
  @Setup(Level.Trial)
  public void fragment() {
    allocator = new ExtentAllocator(0, LargePool.CAPACITY);
    for (long at = 0; at < LargePool.CAPACITY; at += 2 * UNIT) {
      allocator.reserve(new Extent(at, UNIT));
    }
  }

  /** Takes one unit, of 262,144 that are all as good, and gives it back. */
  @Benchmark
  public List<Extent> oneUnit() {
    List<Extent> extents = allocator.allocate(UNIT);
    extents.forEach(allocator::release);
    return extents;
  }

  /** Takes 1 GiB, which no run has, in 512 pieces, and gives it back. */
  @Benchmark
  public List<Extent> oneGibibyte() {
    List<Extent> extents = allocator.allocate(1L << 30);
    extents.forEach(allocator::release);
    return extents;
  }
}
