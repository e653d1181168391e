package io.dsa.client.admin;

import io.dsa.protocol.json.JsonObject;
import java.util.List;

/** A user, as he was when the server was asked. */
public record UserInfo(String name, boolean admin, UserQuotas quotas, List<VolumeRights> rights) {
  /**
   * What he may do with one volume.
   *
   * @param rights of read, write and manage
   */
  public record VolumeRights(String volume, List<String> rights) {
    public VolumeRights {
      rights = List.copyOf(rights);
    }
  }

  public UserInfo {
    rights = List.copyOf(rights);
  }

  static UserInfo of(JsonObject user) {
    return new UserInfo(
        user.text("name"),
        user.flag("admin"),
        UserQuotas.of(user.object("quotas")),
        user.objects("rights").stream()
            .map(right -> new VolumeRights(right.text("volume"), right.texts("rights")))
            .toList());
  }
}
