package io.dsa.lab.crash;

import io.dsa.client.DsaClient;
import io.dsa.lab.LabAccess;
import io.dsa.lab.LabDevice;
import io.dsa.lab.RdmaResources;
import io.dsa.protocol.DurabilityMethod;
import io.dsa.sal.Device;
import io.dsa.sal.Devices;
import io.dsa.sal.FormatOptions;
import io.dsa.sal.Pool;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * A server is killed with {@code kill -9} while clients write to it and change its volumes, and a
 * new one on the same device is asked what is there. Each server is checked, and then killed for
 * the next point.
 */
final class KillCrash implements AutoCloseable {
  private static final int MOST_DELAY_MILLIS = 1500;
  private static final Duration SETTLE = Duration.ofSeconds(10);

  private final String pool;
  private final Path directory;
  private final RdmaResources before;
  private ServerProcess server;

  private KillCrash(String pool, Path directory) throws Exception {
    this.pool = pool;
    this.directory = directory;
    LabDevice.open();
    this.before = RdmaResources.now();
    this.server = ServerProcess.start(pool, directory);
  }

  /** Formats the device, whatever it holds, and starts a server on it. */
  static KillCrash on(String pool, Path directory) throws Exception {
    try (Device device = Devices.open(pool)) {
      Pool.format(device, new FormatOptions(true, "crash")).close();
    }
    return new KillCrash(pool, directory);
  }

  CrashPoint run(long seed, DurabilityMethod method) throws Exception {
    SplittableRandom random = new SplittableRandom(seed);
    Journal journal = Journal.inMemory();
    // No two points share a volume's number, so that what one leaves is foreign to the next.
    ClientWorkload workload =
        ClientWorkload.start(journal, method, random.split(), random.nextLong(1L << 40) << 20);
    Thread.sleep(random.nextInt(MOST_DELAY_MILLIS));
    workload.crash();
    server.kill();
    workload.end();
    List<Finding> findings = new ArrayList<>();
    RdmaResources after = RdmaResources.within(SETTLE, before);
    if (!after.equals(before)) {
      findings.add(
          new Finding(
              Finding.Fault.ILLEGAL,
              "RDMA resources are left after the kill: " + after + " after " + before));
    }
    try (Device device = Devices.open(pool)) {
      findings.addAll(PoolState.lossIn(device));
    }
    server = ServerProcess.start(pool, directory);
    try (DsaClient client = ServerProcess.connect(LabAccess.clientOptions());
        ClientContents contents = new ClientContents(client)) {
      findings.addAll(CrashCheck.findings(journal, contents));
    }
    return new CrashPoint(
        "kill",
        pool.substring(0, pool.indexOf(':')),
        method.name().toLowerCase(Locale.ROOT).replace('_', '-'),
        seed,
        journal.flushed(),
        findings);
  }

  @Override
  public void close() {
    server.close();
  }
}
