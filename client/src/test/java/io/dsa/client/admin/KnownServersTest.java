package io.dsa.client.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dsa.client.DsaException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class KnownServersTest {
  private static final URI SERVER = URI.create("https://127.0.0.1:7480");
  private static final URI OTHER = URI.create("https://127.0.0.1:74801");
  private static final String FIRST = "0".repeat(64);
  private static final String SECOND = "f".repeat(64);

  @TempDir private Path directory;
  private final List<String> notes = new ArrayList<>();
  private Path file;
  private KnownServers known;

  @BeforeEach
  void make() {
    file = directory.resolve("config/dsa/known-servers");
    known = new KnownServers(file, notes::add);
  }

  @Test
  void shouldBelieveTheFirstTimeAndSaySo() throws Exception {
    known.check(SERVER, FIRST);
    known.check(SERVER, FIRST);
    known.check(OTHER, SECOND);

    assertThat(Files.readAllLines(file))
        .containsExactly(SERVER + " " + FIRST, OTHER + " " + SECOND);
    assertThat(notes).hasSize(2);
    assertThat(notes.getFirst()).contains(SERVER.toString(), FIRST, file.toString());
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
  }

  @Test
  void shouldRefuseAnotherCertificateAndSayWhatToDo() {
    known.check(SERVER, FIRST);

    assertThatThrownBy(() -> known.check(SERVER, SECOND))
        .isInstanceOfSatisfying(
            DsaException.class,
            e -> assertThat(e.category()).isEqualTo(DsaException.Category.NOT_PERMITTED))
        .hasMessageContaining(SERVER.toString())
        .hasMessageContaining(SECOND)
        .hasMessageContaining("remove its line from " + file);
  }

  @Test
  void shouldRefuseALineThatIsBroken() throws Exception {
    Files.createDirectories(file.getParent());
    Files.writeString(file, SERVER + " garbage\n");

    assertThatThrownBy(() -> known.check(SERVER, FIRST))
        .isInstanceOf(DsaException.class)
        .hasMessageContaining(file.toString());
    assertThat(Files.readString(file)).isEqualTo(SERVER + " garbage\n");
  }

  @Test
  void shouldAddToAFileWhoseLastLineHasNoEnd() throws Exception {
    Files.createDirectories(file.getParent());
    Files.writeString(file, OTHER + " " + SECOND);

    known.check(SERVER, FIRST);

    assertThat(Files.readAllLines(file))
        .containsExactly(OTHER + " " + SECOND, SERVER + " " + FIRST);
  }

  @Test
  void shouldSayThatAFileCannotBeWritten() throws Exception {
    Path blocked = Files.writeString(directory.resolve("file"), "");

    assertThatThrownBy(
            () -> new KnownServers(blocked.resolve("x"), notes::add).check(SERVER, FIRST))
        .isInstanceOf(DsaException.class)
        .hasMessageContaining("DSA_ADMIN_FINGERPRINT");
  }

  @Test
  void shouldWriteOneLineForManyThatAreFirst() throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < 32; i++) {
        all.add(threads.submit(() -> known.check(SERVER, FIRST)));
      }
      for (Future<?> each : all) {
        each.get();
      }
    }
    assertThat(Files.readAllLines(file)).hasSize(1);
  }

  @Test
  void shouldPinWhatItIsTold() {
    FingerprintPin pin = FingerprintPin.of("00:".repeat(31) + "00");

    pin.check(SERVER, FIRST);
    assertThatThrownBy(() -> pin.check(SERVER, SECOND))
        .isInstanceOf(DsaException.class)
        .hasMessageContaining(SECOND);
    assertThatThrownBy(() -> FingerprintPin.of("xyz"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("64");
  }
}
