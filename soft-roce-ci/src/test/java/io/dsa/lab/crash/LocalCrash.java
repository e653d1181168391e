package io.dsa.lab.crash;

import io.dsa.sal.Device;
import io.dsa.sal.Devices;
import io.dsa.sal.FormatOptions;
import io.dsa.sal.Pool;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A process that writes to a pool through the storage layer is killed with {@code kill -9}. For
 * media that no RDMA device of the lab can register, and to compare with those that it can.
 */
final class LocalCrash {
  private static final int LEAST_FLUSHED = 20;
  private static final int MOST_DELAY_MILLIS = 800;
  private static final Duration START = Duration.ofMinutes(2);

  private LocalCrash() {}

  /**
   * Has a process write, kills it and checks.
   *
   * @param uri of a device, which is formatted whatever it holds
   * @param backend how to call it
   */
  static CrashPoint run(long seed, String uri, String backend, Path directory) throws Exception {
    SplittableRandom random = new SplittableRandom(seed);
    try (Device device = Devices.open(uri)) {
      Pool.format(device, new FormatOptions(true, "crash")).close();
    }
    Path file = directory.resolve("journal." + backend + "." + seed);
    Path output = directory.resolve("writer.out");
    Process writer =
        JavaProcess.builder(
                "write",
                "--device",
                uri,
                "--seed",
                Long.toString(seed),
                "--journal",
                file.toString())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      awaitRecords(writer, file, output);
      Thread.sleep(random.nextInt(MOST_DELAY_MILLIS));
    } finally {
      writer.destroyForcibly().onExit().join();
    }
    Journal journal = Journal.read(file);
    Files.delete(file);
    return new CrashPoint("kill", backend, "persist", seed, journal.flushed(), check(journal, uri));
  }

  private static void awaitRecords(Process writer, Path journal, Path output) throws Exception {
    long deadline = System.nanoTime() + START.toNanos();
    while (!Files.exists(journal) || Journal.read(journal).flushed() < LEAST_FLUSHED) {
      if (!writer.isAlive() || System.nanoTime() > deadline) {
        throw new IllegalStateException("the writer does not write: " + Files.readString(output));
      }
      Thread.sleep(10);
    }
  }

  /** What the process does that is to be killed. */
  static void write(long seed, String uri, Path journal) throws Exception {
    SplittableRandom random = new SplittableRandom(~seed);
    try (Device device = Devices.open(uri);
        Journal to = Journal.to(journal)) {
      new PoolWorkload(device, to, random, random.nextLong(1L << 40) << 20, () -> {}).run();
    }
  }

  static List<Finding> check(Journal journal, String uri) {
    try (Device device = Devices.open(uri)) {
      return PoolState.findings(journal, device);
    }
  }
}
