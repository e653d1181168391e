package io.dsa.lab.crash;

import io.dsa.lab.crash.Finding.Fault;
import io.dsa.sal.Device;
import io.dsa.sal.Finding.Severity;
import io.dsa.sal.Pool;
import io.dsa.sal.PoolInspection;
import io.dsa.sal.StorageException;
import io.dsa.sal.Volume;
import java.util.ArrayList;
import java.util.List;

/** Opens what a crash has left, as a server does, and looks at its metadata before and after. */
final class PoolState {
  private PoolState() {}

  /** Returns everything that is wrong with metadata and contents; nothing if nothing is. */
  static List<Finding> findings(Journal journal, Device device) {
    List<Finding> findings = new ArrayList<>(lossIn(device));
    try (Pool pool = Pool.open(device)) {
      long used = pool.volumes().stream().mapToLong(Volume::allocated).sum();
      if (pool.free() != pool.capacity() - used) {
        findings.add(
            new Finding(
                Fault.ILLEGAL,
                pool.free() + " bytes are free and " + used + " used of " + pool.capacity()));
      }
      PoolInspection opened = PoolInspection.of(device);
      if (!opened.isSound()) {
        findings.add(new Finding(Fault.ILLEGAL, "opening did not mend it: " + opened.findings()));
      }
      findings.addAll(CrashCheck.findings(journal, new PoolContents(pool)));
    } catch (StorageException e) {
      findings.addAll(CrashCheck.nothingLeft(journal, e.getMessage()));
    }
    return findings;
  }

  /** Returns what {@code dsa pool check} would call a loss; a torn slot is none. */
  static List<Finding> lossIn(Device device) {
    return PoolInspection.of(device).findings().stream()
        .filter(finding -> finding.severity() == Severity.LOSS)
        .map(finding -> new Finding(Fault.ILLEGAL, "pool check: " + finding.what()))
        .toList();
  }
}
