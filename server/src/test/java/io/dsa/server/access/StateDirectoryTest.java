package io.dsa.server.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class StateDirectoryTest {
  @TempDir private Path parent;

  private static void mode(Path file, String mode) throws IOException {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
  }

  @Test
  void shouldMakeADirectoryThatOthersCannotEnter() throws IOException {
    Path path = parent.resolve("new/state");

    StateDirectory.open(path).close();

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
        .isEqualTo("rwx------");
  }

  @ParameterizedTest
  @ValueSource(strings = {"rwx--x---", "rwx-----x", "rwxr-xr-x", "rwxrwx---"})
  void shouldRefuseADirectoryThatOthersCanEnter(String mode) throws IOException {
    Path path = Files.createDirectory(parent.resolve("state"));
    mode(path, mode);

    assertThatThrownBy(() -> StateDirectory.open(path))
        .isInstanceOf(AccessException.class)
        .hasMessageContaining("chmod 700 " + path)
        .hasMessageNotContaining("\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"rw-r-----", "rw----r--", "rw--w----"})
  void shouldRefuseAFileInItThatOthersCanRead(String mode) throws IOException {
    Path path = parent.resolve("state");
    StateDirectory.open(path).close();
    Path file = Files.createFile(path.resolve("users"));
    mode(file, mode);

    assertThatThrownBy(() -> StateDirectory.open(path)).hasMessageContaining("chmod 600 " + file);
    mode(file, "rw-------");
    assertThatCode(() -> StateDirectory.open(path).close()).doesNotThrowAnyException();
  }

  @Test
  void shouldBeOneServersAtATime() {
    Path path = parent.resolve("state");
    try (StateDirectory held = StateDirectory.open(path)) {
      assertThatThrownBy(() -> StateDirectory.open(path))
          .hasMessageContaining(held.toString())
          .hasMessageContaining("another server");
    }
    assertThatCode(() -> StateDirectory.open(path).close()).doesNotThrowAnyException();
  }

  private static final String NO_DIRECTORY =
      "is there and is no directory; move it away, or name another state-directory";

  @Test
  void shouldRefuseAFileInItsPlace() throws IOException {
    Path path = Files.createFile(parent.resolve("state"));

    assertThatThrownBy(() -> StateDirectory.open(path))
        .isInstanceOf(AccessException.class)
        .hasMessage("state-directory " + path + ": " + NO_DIRECTORY);
    assertThat(path).isRegularFile();
  }

  @Test
  void shouldRefuseALinkToNothingInItsPlace() throws IOException {
    Path path = Files.createSymbolicLink(parent.resolve("state"), parent.resolve("nothing"));

    assertThatThrownBy(() -> StateDirectory.open(path))
        .isInstanceOf(AccessException.class)
        .hasMessage("state-directory " + path + ": " + NO_DIRECTORY);
  }

  /** It would be opened for ever. */
  @ParameterizedTest
  @ValueSource(strings = {"lock", "users", "admin.p12"})
  void shouldRefuseAPipeInPlaceOfAFile(String name) throws Exception {
    StateDirectory.open(parent.resolve("s")).close();
    Path pipe = parent.resolve("s").resolve(name);
    Files.deleteIfExists(pipe);
    Process made = new ProcessBuilder("mkfifo", "-m", "600", pipe.toString()).start();
    assertThat(made.waitFor()).isZero();

    assertTimeoutPreemptively(
        Duration.ofSeconds(10),
        () ->
            assertThatThrownBy(() -> StateDirectory.open(parent.resolve("s")))
                .isInstanceOf(AccessException.class)
                .hasMessage(pipe + ": is a pipe, a socket or a device, and no file; move it away"));
  }

  @Test
  void shouldSayWhichFileStandsInTheWayToIt() throws IOException {
    Path file = Files.createFile(parent.resolve("file"));
    Path path = file.resolve("state");

    assertThatThrownBy(() -> StateDirectory.open(path))
        .isInstanceOf(AccessException.class)
        .hasMessage("state-directory " + path + ": " + file + " " + NO_DIRECTORY);
  }
}
