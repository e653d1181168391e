package io.dsa.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.dsa.protocol.Secret;
import io.dsa.server.access.StateDirectory;
import io.dsa.server.access.User;
import io.dsa.server.access.Users;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The admin that the first start of a server makes, where the rest of the start fails. */
@Timeout(180)
final class FirstStartTest {
  private static final String FIRST_START =
      "first start: user admin is made, its credentials are in ";

  @TempDir private Path directory;

  private Path state() {
    return directory.resolve("state");
  }

  private Path credentials() {
    return state().resolve("admin.credentials");
  }

  /**
   * Fails after its users are read, as these tests have no native library.
   *
   * @return what it says on stdout
   */
  private String start() throws Exception {
    Path config =
        Files.writeString(
            directory.resolve("server.yaml"),
            "{listen: 127.0.0.1, pools: ['memory:4MiB'], state-directory: " + state() + "}");
    Process process = DsaProcess.start("server --config " + config, ProcessBuilder.Redirect.PIPE);
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError("the server has started");
    }
    String out = new String(process.getInputStream().readAllBytes(), UTF_8);
    String err = new String(process.getErrorStream().readAllBytes(), UTF_8);
    assertThat(process.exitValue()).as("%s%s", out, err).isEqualTo(ExitCode.NO_DEVICE.status());
    assertThat(err).hasLineCount(1);
    return out;
  }

  /** Whether these are the credentials of an admin, as the state directory is now. */
  private boolean isAdmin(String line) {
    String[] parts = line.strip().split(":", 2);
    try (StateDirectory opened = StateDirectory.open(state());
        Users users = Users.open(opened, InstantSource.system())) {
      assertThat(users.isFirstStart()).isFalse();
      return users
          .authenticateToken(parts[0], Secret.parse(parts[1]).adminToken())
          .filter(User::admin)
          .isPresent();
    }
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void shouldKeepTheAdminWhereTheStartFails() throws Exception {
    assertThat(start()).isEqualTo(FIRST_START + credentials() + "\n");
    String first = Files.readString(credentials());
    assertThat(isAdmin(first)).isTrue();

    assertThat(start()).isEmpty();

    assertThat(credentials()).hasContent(first.strip());
    assertThat(isAdmin(first)).isTrue();
    assertNothingUnfinished();
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void shouldMakeAnotherAdminWhereTheUsersWereMovedAway() throws Exception {
    start();
    String lost = Files.readString(credentials());
    Files.delete(credentials());
    Files.move(state().resolve("users"), directory.resolve("users"));

    assertThat(start()).isEqualTo(FIRST_START + credentials() + "\n");

    assertThat(isAdmin(Files.readString(credentials()))).isTrue();
    assertThat(isAdmin(lost)).isFalse();
  }

  private void assertNothingUnfinished() throws IOException {
    try (Stream<Path> files = Files.list(state())) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder("admin.credentials", "admin.p12", "lock", "users");
    }
  }
}
