package io.dsa.server.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AdminCertificateTest {
  private static final InetSocketAddress ADDRESS =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 7480);

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
        .hasMessageContaining(garbage.toString());
    assertThatThrownBy(() -> AdminCertificate.read(sound, "wrong"))
        .isInstanceOf(AdminException.class)
        .hasMessageContaining("password");
  }

  @Test
  void shouldSayThatTheDirectoryIsMissing() {
    Path file = directory.resolve("none/admin.p12");

    assertThatThrownBy(() -> AdminCertificate.own(file, ADDRESS))
        .isInstanceOf(AdminException.class)
        .hasMessageContaining(file.toString());
  }
}
