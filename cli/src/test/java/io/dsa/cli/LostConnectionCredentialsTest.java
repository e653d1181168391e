package io.dsa.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dsa.client.DsaException;
import io.dsa.client.DsaException.Category;
import io.dsa.protocol.Secret;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Of the file that says who a command is, while the command is under way. */
final class LostConnectionCredentialsTest {
  // No name is looked up that has so long a part, so that this needs no network.
  private static final String NOWHERE = "a".repeat(64) + ".invalid";

  private final DsaException loss = new DsaException(Category.DISCONNECTED, "lost");
  @TempDir private Path directory;
  private Path file;

  @Command(name = "put")
  private static final class Transfer {
    @Mixin private ServerOption server;
  }

  @BeforeEach
  void write() throws Exception {
    file = directory.resolve("credentials");
    Files.writeString(file, "ada:" + Secret.random().toText());
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
  }

  private ServerOption server() {
    Transfer transfer = new Transfer();
    new CommandLine(transfer)
        .parseArgs("--server", NOWHERE, "--credentials", file.toString(), "--timeout", "1");
    return transfer.server;
  }

  private void assertThatTheLossIsSaid(ServerOption.Work<String> work) {
    assertThatThrownBy(() -> server().connected(work))
        .hasCause(loss)
        .hasMessage("lost; is the server still running?");
    // It got as far as the server, and so had its credentials.
    assertThat(loss.getSuppressed())
        .singleElement()
        .isInstanceOfSatisfying(
            DsaException.class, e -> assertThat(e.category()).isEqualTo(Category.UNREACHABLE));
  }

  @Test
  void shouldSayWhatWasLostWhereTheFileIsGoneMeanwhile() {
    assertThatTheLossIsSaid(_ -> {
      Files.delete(file);
      throw loss;
    });
  }

  @Test
  void shouldSayWhatWasLostWhereTheFileIsOpenToOthersMeanwhile() {
    assertThatTheLossIsSaid(_ -> {
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
      throw loss;
    });
  }

  @Test
  void shouldReadTheFileBeforeTheWork() throws Exception {
    Files.delete(file);

    assertThatThrownBy(() ->
            server()
                .connected(_ -> {
                  throw loss;
                }))
        .isInstanceOfSatisfying(
            DsaException.class, e -> assertThat(e.category()).isEqualTo(Category.NOT_PERMITTED))
        .hasMessageContaining("no such file");
  }
}
