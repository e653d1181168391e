package io.dsa.server.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AdminCertificateTest {
  private static final InetSocketAddress ADDRESS =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 7480);

  private static final String UNUSABLE =
      "is no PKCS12 file with a key that the password in DSA_ADMIN_KEYSTORE_PASSWORD opens, or is"
          + " damaged";
  private static final String DAMAGED =
      "is damaged, or is not the one that the server made; put a backup in its place, or remove it:"
          + " the next start makes a new certificate, which the clients of admins have to pin again";

  @TempDir private Path directory;

  @Test
  void shouldMakeItOnceAndForItsOwnerAlone() throws Exception {
    Path file = directory.resolve("admin.p12");

    AdminCertificate made = AdminCertificate.own(file, ADDRESS);

    assertThat(made.fingerprint()).matches("[0-9a-f]{64}");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(directory.toFile().list()).containsExactly("admin.p12");
    assertThat(AdminCertificate.own(file, ADDRESS).fingerprint()).isEqualTo(made.fingerprint());
  }

  @Test
  void shouldRefuseAFileThatOthersCanRead() throws Exception {
    Path file = directory.resolve("admin.p12");
    AdminCertificate.own(file, ADDRESS);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));

    assertThatThrownBy(() -> AdminCertificate.own(file, ADDRESS))
        .isInstanceOf(AdminException.class)
        .hasMessageContaining("chmod 600 " + file);
  }

  @Test
  void shouldSayWhatIsWrongWithAFile() throws Exception {
    Path none = directory.resolve("none.p12");
    Path garbage = directory.resolve("garbage.p12");
    Files.writeString(garbage, "garbage");
    Files.setPosixFilePermissions(garbage, PosixFilePermissions.fromString("rw-------"));
    Path sound = directory.resolve("admin.p12");
    AdminCertificate.own(sound, ADDRESS);

    assertThatThrownBy(() -> AdminCertificate.read(none, "x"))
        .isInstanceOf(AdminException.class)
        .hasMessage(none + ": no such file");
    assertThatThrownBy(() -> AdminCertificate.read(garbage, "x"))
        .isInstanceOf(AdminException.class)
        .hasMessage(garbage + ": " + UNUSABLE);
    assertThatThrownBy(() -> AdminCertificate.read(sound, "wrong"))
        .isInstanceOf(AdminException.class)
        .hasMessage(sound + ": " + UNUSABLE);
    assertThatThrownBy(() -> AdminCertificate.read(directory, "x"))
        .isInstanceOf(AdminException.class)
        .message()
        .startsWith(directory.toString())
        .doesNotContain("null");
  }

  @Test
  void shouldSayWhyAFileCannotBeRead() throws Exception {
    Path loop = directory.resolve("loop.p12");
    Files.createSymbolicLink(loop, loop);

    assertThatThrownBy(() -> AdminCertificate.read(loop, "x"))
        .isInstanceOf(AdminException.class)
        .message()
        .startsWith(loop + ": cannot be read: ")
        .doesNotContain("null");
  }

  /** No file brings that about at will. */
  @Test
  void shouldGiveNoReasonWhereThereIsNone() {
    Path file = directory.resolve("admin.p12");
    FileSystemException failure = new FileSystemException(file.toString());

    assertThat(AdminCertificate.unreadable(file, failure))
        .hasMessage(file + ": cannot be read")
        .hasCause(failure);
  }

  @Test
  void shouldSayThatAFileHasNoKeyInIt() throws Exception {
    Path file = directory.resolve("empty.p12");
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    try (OutputStream out = Files.newOutputStream(file)) {
      store.store(out, "x".toCharArray());
    }
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));

    assertThatThrownBy(() -> AdminCertificate.read(file, "x"))
        .isInstanceOf(AdminException.class)
        .hasMessage(file + ": " + UNUSABLE);
  }

  /**
   * Whatever a crash or a bad disk makes of it, the line is this one, and the file is left alone.
   */
  @Test
  void shouldSayWhatToDoAboutItsOwnFileThatIsDamaged() throws Exception {
    Path file = directory.resolve("admin.p12");
    AdminCertificate.own(file, ADDRESS);
    byte[] sound = Files.readAllBytes(file);
    Random random = new Random(11);
    for (int length = 0; length < sound.length; length += 1 + random.nextInt(12)) {
      damaged(file, Arrays.copyOf(sound, length));
    }
    for (int i = 0; i < 100; i++) {
      byte[] changed = sound.clone();
      changed[random.nextInt(changed.length)] ^= (byte) (1 << random.nextInt(8));
      Files.write(file, changed);
      try {
        AdminCertificate.own(file, ADDRESS);
        // Not every bit says something.
      } catch (AdminException e) {
        assertThat(e).hasMessage(file + ": " + DAMAGED);
      }
    }
    damaged(file, new byte[sound.length]);
    Files.delete(file);
    assertThat(AdminCertificate.own(file, ADDRESS).fingerprint()).matches("[0-9a-f]{64}");
  }

  private static void damaged(Path file, byte[] bytes) throws IOException {
    Files.write(file, bytes);
    assertThatThrownBy(() -> AdminCertificate.own(file, ADDRESS))
        .as("%d bytes", bytes.length)
        .isInstanceOf(AdminException.class)
        .hasMessage(file + ": " + DAMAGED);
    assertThat(file).hasBinaryContent(bytes);
  }

  @Test
  void shouldSayThatTheDirectoryIsMissing() {
    Path file = directory.resolve("none/admin.p12");

    assertThatThrownBy(() -> AdminCertificate.own(file, ADDRESS))
        .isInstanceOf(AdminException.class)
        .hasMessageContaining(file.toString());
  }
}
