package io.dsa.lab.crash;

import io.dsa.lab.crash.Finding.Fault;
import java.util.List;

/**
 * What came of one crash.
 *
 * @param kind of crash, as on the command line
 * @param backend the device URI's scheme, and what is under it where that matters
 * @param method how records were made durable
 * @param seed makes the same point again
 * @param flushed records that were acknowledged as durable before the crash
 * @param findings everything that was wrong afterwards
 */
record CrashPoint(
    String kind, String backend, String method, long seed, long flushed, List<Finding> findings) {
  /** Returns it as one line for {@code soft-roce-ci/crash} to add up, fields parted by tabs. */
  String line() {
    return String.join(
        "\t",
        kind,
        backend,
        method,
        Long.toString(seed),
        Long.toString(flushed),
        Long.toString(count(Fault.LOST)),
        Long.toString(count(Fault.TORN)),
        Long.toString(count(Fault.ILLEGAL)),
        Long.toString(count(Fault.RETURNED)));
  }

  private long count(Fault fault) {
    return findings.stream()
        .filter(finding -> finding.fault() == fault)
        .mapToLong(Finding::records)
        .sum();
  }
}
