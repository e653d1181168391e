package io.dsa.client.admin;

import io.dsa.protocol.json.JsonObject;

/**
 * A user and his new secret, which the server does not keep.
 *
 * @param secret as it stands in a file of credentials behind {@code NAME:}
 */
public record IssuedSecret(UserInfo user, String secret) {
  static IssuedSecret of(JsonObject answer) {
    return new IssuedSecret(UserInfo.of(answer), answer.text("secret"));
  }

  /** Without the secret. */
  @Override
  public String toString() {
    return "IssuedSecret[" + user + "]";
  }
}
