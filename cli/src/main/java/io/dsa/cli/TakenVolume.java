package io.dsa.cli;

import io.dsa.client.Volume;

/**
 * Tells a volume that the server took away from one whose connection was lost: a queue ends alike
 * in both cases, and only who leaves the volume hears which.
 */
final class TakenVolume {
  private TakenVolume() {}

  /** What a command that works on a volume fails with; closes the volume where that is a loss. */
  static RuntimeException explained(CliException failure, Volume volume) {
    if (failure.exitCode() != ExitCode.DISCONNECTED) {
      return failure;
    }
    volume.close();
    return volume
        .takenAway()
        .<RuntimeException>map(why -> {
          why.addSuppressed(failure);
          return why;
        })
        .orElse(failure);
  }
}
