package io.dsa.lab.crash;

import io.dsa.client.DsaClient;
import io.dsa.lab.LabAccess;
import io.dsa.protocol.DurabilityMethod;
import io.dsa.sal.Device;
import io.dsa.sal.Devices;
import io.dsa.sal.FormatOptions;
import io.dsa.sal.Pool;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * The guest's power goes: {@code soft-roce-ci/crash} ends the emulator while clients write, and
 * boots again on the same NVDIMM. The journal is on the host, which has each entry before the next
 * request is made.
 */
final class PowerCrash {
  private static final String POOL = "devdax:/dev/dax0.0";
  private static final Duration NEVER_ENDED = Duration.ofMinutes(5);

  private PowerCrash() {}

  private static DurabilityMethod method(long seed) {
    DurabilityMethod[] methods = DurabilityMethod.values();
    return methods[Math.floorMod(seed, methods.length)];
  }

  static Path journal(Path directory, long seed) {
    return directory.resolve("journal." + seed);
  }

  /** Writes until the power goes. On a pool that is made anew, unless a point before left one. */
  static void write(long seed, Path journals, boolean format) throws Exception {
    if (format) {
      try (Device device = Devices.open(POOL)) {
        Pool.format(device, new FormatOptions(true, "crash")).close();
      }
    }
    SplittableRandom random = new SplittableRandom(seed);
    try (ServerProcess server = ServerProcess.start(POOL, Files.createTempDirectory("crash"));
        Journal journal = Journal.through(journal(journals, seed))) {
      ClientWorkload.start(journal, method(seed), random.split(), random.nextLong(1L << 40) << 20);
      Thread.sleep(NEVER_ENDED);
      server.kill();
      throw new IllegalStateException("the power did not go for " + NEVER_ENDED);
    }
  }

  /** Checks what a point has left. */
  static CrashPoint check(long seed, Path journals) throws Exception {
    Journal journal = Journal.read(journal(journals, seed));
    List<Finding> findings;
    try (ServerProcess server = ServerProcess.start(POOL, Files.createTempDirectory("crash"));
        DsaClient client = ServerProcess.connect(LabAccess.clientOptions());
        ClientContents contents = new ClientContents(client)) {
      findings = CrashCheck.findings(journal, contents);
      server.kill();
    }
    return new CrashPoint(
        "power",
        "devdax",
        method(seed).name().toLowerCase(Locale.ROOT).replace('_', '-'),
        seed,
        journal.flushed(),
        findings);
  }
}
