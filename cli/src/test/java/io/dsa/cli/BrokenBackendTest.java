package io.dsa.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A jar in lib that names a backend which is not in it. */
final class BrokenBackendTest {
  @Test
  void shouldLeaveTheOthersUsable(@TempDir Path directory) throws Exception {
    Path services = Files.createDirectories(directory.resolve("jar/META-INF/services"));
    Files.writeString(services.resolve("io.dsa.sal.DeviceProvider"), "org.example.Absent\n");
    String uri = "file:" + directory.resolve("pool");
    assertThat(CommandRun.of("pool", "format", uri, "--size", "4MiB").status()).isZero();

    Process process =
        DsaProcess.start(
            "pool check " + uri, ProcessBuilder.Redirect.PIPE, directory.resolve("jar"));
    String out = new String(process.getInputStream().readAllBytes(), UTF_8);
    String err = new String(process.getErrorStream().readAllBytes(), UTF_8);

    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(err).isZero();
    assertThat(out).contains("verdict  sound");
    assertThat(err).contains("org.example.Absent").contains("is left out").doesNotContain("\tat ");
  }
}
