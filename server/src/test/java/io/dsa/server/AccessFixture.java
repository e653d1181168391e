package io.dsa.server;

import io.dsa.server.access.StateDirectory;
import io.dsa.server.access.Users;
import java.nio.file.Path;
import java.time.InstantSource;

/** Users in a directory of a test's own. */
final class AccessFixture implements AutoCloseable {
  private final StateDirectory directory;
  final Users users;

  AccessFixture(Path parent) {
    directory = StateDirectory.open(parent.resolve("state"));
    users = Users.open(directory, InstantSource.system());
  }

  @Override
  public void close() {
    users.close();
    directory.close();
  }
}
