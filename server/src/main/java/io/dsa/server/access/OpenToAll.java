package io.dsa.server.access;

import io.dsa.protocol.Bytes32;
import io.dsa.protocol.Transcript;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * No access control at all, for laboratories: everybody is the same admin, nobody proves anything.
 */
public final class OpenToAll implements Access {
  private static final User ANYBODY =
      new User(new UUID(0, 0), "anybody", true, Map.of(), Quotas.NONE);

  /** Who everybody is. */
  public static User anybody() {
    return ANYBODY;
  }

  @Override
  public boolean isInsecure() {
    return true;
  }

  /** Whoever names a user means a server that can tell whether they are. */
  @Override
  public Optional<Admitted> authenticate(String name, Transcript transcript, Bytes32 proof) {
    return name.isEmpty() && proof.equals(Bytes32.ZEROS)
        ? Optional.of(new Admitted(ANYBODY, Optional.empty()))
        : Optional.empty();
  }

  @Override
  public Optional<User> current(User user) {
    return Optional.of(user);
  }

  @Override
  public void forgetVolume(UUID volume) {}

  @Override
  public void addListener(Listener listener) {}

  @Override
  public void close() {}
}
