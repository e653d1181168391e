package io.dsa.cli;

import io.dsa.client.DsaException;
import io.dsa.client.Volume;
import java.util.Optional;

/**
 * Tells a volume that the server revoked from one whose connection was lost: a queue ends alike in
 * both cases, and only who leaves the volume hears which.
 */
final class RevokedVolume {
  private RevokedVolume() {}

  /** What to say of work on a volume that has failed; closes the volume. */
  static RuntimeException explained(RuntimeException failure, Volume volume) {
    return reason(failure, volume).<RuntimeException>map(why -> why).orElse(failure);
  }

  /** Why the work has failed, if it is because the volume was revoked; closes the volume. */
  static Optional<DsaException> reason(RuntimeException failure, Volume volume) {
    try {
      volume.close();
    } catch (RuntimeException e) {
      failure.addSuppressed(e);
    }
    Optional<DsaException> revocation = volume.revocation();
    revocation.ifPresent(why -> why.addSuppressed(failure));
    return revocation;
  }
}
