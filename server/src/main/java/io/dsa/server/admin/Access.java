package io.dsa.server.admin;

import java.util.Optional;
import java.util.UUID;

/** Who is asking. Thread-safe. */
@FunctionalInterface
public interface Access {
  /** Somebody who has proved to be a user of the server; what he may do is as it is now. */
  interface Principal {
    String name();

    /** Whether everything is allowed to him. */
    boolean isAdmin();

    boolean may(Right right, UUID volume);

    /** Whether he has any right on a volume, without which he does not learn that it is there. */
    boolean sees(UUID volume);
  }

  /**
   * Finds out who it is.
   *
   * @param token what came with the request; empty where nothing did
   * @throws RefusedException with {@code AUTHENTICATION_FAILED}, the same whether the user is
   *     unknown or the token wrong
   */
  Principal authenticate(Optional<BearerToken> token);
}
