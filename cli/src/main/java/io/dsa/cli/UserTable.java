package io.dsa.cli;

import io.dsa.client.admin.UserInfo;
import io.dsa.client.admin.UserQuotas;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/** Users for people. */
final class UserTable {
  private UserTable() {}

  static List<String> lines(List<UserInfo> users) {
    Table table = new Table("USER", "ROLE", "SESSIONS", "QUEUES", "WINDOWS", "RIGHTS");
    for (UserInfo user : users) {
      UserQuotas quotas = user.quotas();
      table.row(
          user.name(),
          user.admin() ? "admin" : "user",
          bound(quotas.sessions()),
          bound(quotas.queues()),
          bound(quotas.windows()),
          user.rights().stream()
              .map(of -> of.volume() + ": " + String.join(" ", of.rights()))
              .collect(Collectors.joining(", ")));
    }
    return table.lines();
  }

  private static String bound(OptionalInt quota) {
    return quota.isPresent() ? Integer.toString(quota.getAsInt()) : "-";
  }
}
