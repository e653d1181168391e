package io.dsa.lab;

import io.dsa.client.ClientOptions;
import io.dsa.client.Credentials;
import io.dsa.server.access.StateDirectory;
import io.dsa.server.access.Users;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.InstantSource;

/**
 * Who the tests are: an admin whom every server that they start knows, so that one file of
 * credentials is good for all of them. Thread-safe.
 */
public final class LabAccess {
  /** Set by guest/integration, so that commands in the tests' own process find it too. */
  private static final String VARIABLE = System.getenv("DSA_CREDENTIALS");

  private static Path first;

  private LabAccess() {}

  /** Returns a new state directory, whose users are those of every other one. */
  public static Path stateDirectory() {
    try {
      Path directory = Files.createTempDirectory("state");
      for (String name : new String[] {"users", "admin.credentials", LabAdmin.KEYSTORE}) {
        Files.copy(
            first().resolve(name), directory.resolve(name), StandardCopyOption.COPY_ATTRIBUTES);
      }
      return directory;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the file for {@code --credentials}. */
  public static Path credentialsFile() {
    try {
      Path file = VARIABLE == null ? null : Path.of(VARIABLE);
      if (file == null) {
        return first().resolve("admin.credentials");
      }
      if (Files.notExists(file)) {
        first();
      }
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the options of a client that is that admin. */
  public static ClientOptions clientOptions() {
    return ClientOptions.defaults().withCredentials(Credentials.read(credentialsFile()));
  }

  private static synchronized Path first() throws IOException {
    if (first == null) {
      Path directory = Files.createTempDirectory("state");
      try (StateDirectory state = StateDirectory.open(directory);
          Users users = Users.open(state, InstantSource.system())) {
        if (!users.isFirstStart()) {
          throw new IllegalStateException(directory + " was not empty");
        }
      }
      LabAdmin.makeKeystore(directory);
      if (VARIABLE != null) {
        Files.copy(
            directory.resolve("admin.credentials"),
            Path.of(VARIABLE),
            StandardCopyOption.COPY_ATTRIBUTES);
      }
      first = directory;
    }
    return first;
  }
}
