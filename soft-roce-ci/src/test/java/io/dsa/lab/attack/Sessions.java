package io.dsa.lab.attack;

import io.dsa.client.admin.SessionInfo;
import java.util.List;

/** The server's sessions, as its admin sees them. */
final class Sessions {
  private Sessions() {}

  /** The ids of a user's sessions, the oldest first. */
  static List<Long> of(AttackedServer server, String user) {
    return server.admin().sessions().stream()
        .filter(session -> session.user().equals(user))
        .map(SessionInfo::id)
        .toList();
  }

  static void awaitEnd(AttackedServer server, long id) throws InterruptedException {
    long deadline = System.nanoTime() + AttackedServer.SOON.toNanos();
    while (server.admin().sessions().stream().anyMatch(session -> session.id() == id)) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException("session " + id + " does not end");
      }
      Thread.sleep(100);
    }
  }
}
