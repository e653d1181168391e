package io.dsa.lab.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What put and get show on a terminal, which {@code script} makes one of. */
@Tag("lab")
@Timeout(120)
final class ProgressOnTerminalTest {
  private static final long BYTES = 64L << 20;

  @TempDir private Path directory;

  @Test
  void shouldDrawABarAndWipeIt() throws Exception {
    Path file = RandomFile.write(directory.resolve("file"), BYTES);
    Path back = directory.resolve("back");
    try (DsaServerProcess server = DsaServerProcess.start("memory:128MiB")) {
      server.admin().createVolume("v", BYTES);
      String put = onTerminal("put " + file + " v --server " + server.address());
      String get = onTerminal("get v " + back + " --server " + server.address());

      assertBar(put, "put v  [");
      assertBar(get, "get v  [");
      assertThat(Files.mismatch(file, back)).isEqualTo(-1);
    }
  }

  private static void assertBar(String terminal, String label) {
    assertThat(terminal).contains("\r" + label, "#-", " % ", "of 64MiB", "MB/s\033[K");
    // Wiped, so that the closing line has the line to itself.
    assertThat(terminal).containsPattern("\r\\x1b\\[K[^\r]*" + BYTES + " bytes");
  }

  /** Both outputs, as the terminal got them. */
  private String onTerminal(String arguments) throws Exception {
    Path typescript = directory.resolve("typescript");
    String command =
        String.join(" ", DsaCommand.prefix(DsaCommand.clientHost())) + " dsa " + arguments;
    Process process =
        new ProcessBuilder(
                "script", "--quiet", "--return", "--command", command, typescript.toString())
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    boolean ended = process.waitFor(60, TimeUnit.SECONDS);
    process.destroyForcibly();
    String text = Files.readString(typescript, StandardCharsets.UTF_8);
    assertThat(ended).as("ends; it printed: %s", text).isTrue();
    assertThat(process.exitValue()).as(text).isZero();
    return text;
  }
}
