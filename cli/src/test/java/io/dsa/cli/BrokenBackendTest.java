package io.dsa.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A jar in lib that names a backend which cannot be had. */
final class BrokenBackendTest {
  /** The first bytes of a class for a Java that is to come. */
  private static final byte[] TOO_NEW = HexFormat.of().parseHex("CAFEBABE0000FFFF0001");

  @ParameterizedTest
  @ValueSource(strings = {"org.example.Absent", "org.example.TooNew"})
  void shouldLeaveTheOthersUsable(String provider, @TempDir Path directory) throws Exception {
    Path jar = directory.resolve("jar");
    Path services = Files.createDirectories(jar.resolve("META-INF/services"));
    Files.writeString(services.resolve("io.dsa.sal.DeviceProvider"), provider + "\n");
    Path classes = Files.createDirectories(jar.resolve("org/example"));
    Files.write(classes.resolve("TooNew.class"), TOO_NEW);
    String uri = "file:" + directory.resolve("pool");
    assertThat(CommandRun.of("pool", "format", uri, "--size", "4MiB").status()).isZero();

    Process process = DsaProcess.start("pool check " + uri, ProcessBuilder.Redirect.PIPE, jar);
    String out = new String(process.getInputStream().readAllBytes(), UTF_8);
    String err = new String(process.getErrorStream().readAllBytes(), UTF_8);

    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(err).isZero();
    assertThat(out).contains("verdict  sound");
    assertThat(err)
        .contains(provider.substring(provider.lastIndexOf('.') + 1))
        .contains("is left out")
        .doesNotContain("\tat ");
  }
}
