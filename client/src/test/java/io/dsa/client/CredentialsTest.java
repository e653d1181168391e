package io.dsa.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dsa.protocol.Secret;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CredentialsTest {
  private static final String SECRET = "dsa-AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

  @TempDir private Path directory;

  private Path file(String text, String mode) throws IOException {
    Path file = Files.write(directory.resolve("c"), text.getBytes(StandardCharsets.UTF_8));
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
  }

  private static void refused(Path file, String... words) {
    assertThatThrownBy(() -> Credentials.read(file))
        .isInstanceOfSatisfying(
            DsaException.class,
            e -> assertThat(e.category()).isEqualTo(DsaException.Category.NOT_PERMITTED))
        .message()
        .contains(file.toString())
        .contains(words)
        .doesNotContain("AAECAwQ")
        .hasLineCount(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"rw-------", "r--------"})
  void shouldReadALineThatIsClosedToOthers(String mode) throws IOException {
    Credentials read = Credentials.read(file("Zoe\u0308:" + SECRET + "\n", mode));

    assertThat(read).isEqualTo(new Credentials("Zo\u00eb", Secret.parse(SECRET)));
    assertThat(Credentials.read(file("ada:" + SECRET, mode)).user()).isEqualTo("ada");
  }

  @ParameterizedTest
  @ValueSource(strings = {"rw-r--r--", "rw-r-----", "rw----r--", "rw--w----", "rwx--x--x"})
  void shouldRefuseAFileThatOthersCanRead(String mode) throws IOException {
    Path file = file("ada:" + SECRET, mode);

    refused(file, "chmod 600 " + file);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\n",
        "ada",
        "ada:",
        ":" + SECRET,
        "ada:" + SECRET + "x",
        "ada:dsa-AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh",
        "ada:" + SECRET + "\nbob:" + SECRET,
        "a\u202eb:" + SECRET,
      })
  void shouldRefuseAnythingElse(String text) throws IOException {
    refused(file(text, "rw-------"), "NAME:SECRET");
  }

  @Test
  void shouldRefuseWhatIsNoFileOfText() throws IOException {
    Path binary = file("", "rw-------");
    Files.write(binary, new byte[] {(byte) 0xFF, 1, 2});

    refused(binary, "not UTF-8");
    refused(directory, "is no file");
    refused(directory.resolve("none"), "no such file");
    refused(file("x".repeat(5000), "rw-------"), "too long");
  }

  @Test
  void shouldNotShowTheSecret() {
    Credentials ada = new Credentials("ada", Secret.parse(SECRET));

    assertThat(ada).hasToString("Credentials[ada]");
    assertThat(ClientOptions.defaults().withCredentials(ada).toString()).doesNotContain("AAECAw");
  }

  @Test
  void shouldRefuseANameThatIsNone() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Credentials("a:b", Secret.parse(SECRET)));
  }
}
