package io.dsa.lab.crash;

import io.dsa.sal.CrashDevice;
import io.dsa.sal.Device;
import io.dsa.sal.FormatOptions;
import io.dsa.sal.Pool;
import io.dsa.sal.StorageException;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Power goes from a device that keeps, loses or tears whatever was not persisted, each 8 bytes for
 * themselves. The same seed does the same again.
 */
final class ModelCrash {
  private static final long MIB = 1L << 20;
  private static final int MOST_PERSISTS = 400;

  private ModelCrash() {}

  /**
   * One device, whose power goes several times: each time, the next life begins with what is left.
   */
  static CrashPoint run(long seed, Defect defect) {
    SplittableRandom random = new SplittableRandom(seed);
    CrashDevice device = new CrashDevice((8 + 2 * random.nextInt(6)) * MIB);
    prepare(device);
    List<Finding> findings = List.of();
    long flushed = 0;
    int lives = random.nextInt(1, 4);
    for (int life = 1; life <= lives && findings.isEmpty(); life++) {
      deleteAll(device);
      Journal journal = Journal.inMemory();
      device.cutPowerAt(random.nextInt(MOST_PERSISTS));
      try {
        new PoolWorkload(defect.in(device), journal, random, (long) life << 32, () -> {}).run();
      } catch (CrashDevice.PowerCut expected) {
        // The point of it.
      }
      device = device.afterPowerCut(random);
      while (random.nextInt(3) == 0) {
        device = cutWhileOpening(device, random);
      }
      flushed += journal.flushed();
      findings = PoolState.findings(journal, device);
    }
    return new CrashPoint("model", "crash", "persist", seed, flushed, findings);
  }

  private static void deleteAll(Device device) {
    try (Pool pool = Pool.open(device)) {
      pool.volumes().forEach(pool::deleteVolume);
    }
  }

  /** What a device has held before must not show in a volume. */
  static void prepare(Device device) {
    long data;
    try (Pool pool = Pool.format(device, FormatOptions.careful())) {
      data = device.capacity() - pool.capacity();
    }
    MemorySegment old = device.memory().asSlice(data);
    old.fill((byte) 0xEE);
    device.persist(data, old.byteSize());
  }

  /** Opening mends metadata, and that can be interrupted too. */
  private static CrashDevice cutWhileOpening(CrashDevice device, SplittableRandom random) {
    device.cutPowerAt(random.nextInt(4));
    try {
      Pool.open(device).close();
    } catch (CrashDevice.PowerCut expected) {
      // The point of it.
    } catch (StorageException e) {
      // Said when it is opened to be checked.
    }
    return device.afterPowerCut(random);
  }
}
