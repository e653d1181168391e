package io.dsa.server.admin;

import io.dsa.protocol.ErrorCode;
import io.dsa.server.access.OpenToAll;
import io.dsa.server.access.User;
import io.dsa.server.access.Users;
import java.util.Optional;

/** Finds out who asks. Thread-safe. */
@FunctionalInterface
interface Gate {
  /** The same whether there is no such user or the token is wrong. */
  String FAILED = "user unknown or token wrong; whose credentials are they?";

  /**
   * Finds out who it is, with the rights of this moment.
   *
   * @param token what came with the request; empty where nothing did
   * @throws RefusedException with {@code AUTHENTICATION_FAILED}
   */
  User admit(Optional<BearerToken> token);

  /** Lets in who proves to be a user, or everybody where there are none. */
  static Gate of(Optional<Users> users) {
    return users.isEmpty() ? _ -> OpenToAll.anybody() : token -> admit(users.get(), token);
  }

  private static User admit(Users users, Optional<BearerToken> token) {
    return token
        .flatMap(shown -> users.authenticateToken(shown.user(), shown.token()))
        .orElseThrow(() ->
            new RefusedException(
                ErrorCode.AUTHENTICATION_FAILED,
                token.isPresent()
                    ? FAILED
                    : "this server asks who you are: Authorization: Bearer NAME.TOKEN"));
  }
}
