package io.dsa.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a command has to say and cannot: in a process of its own, whose stdout is a full disk. */
final class LostOutputTest {
  @ParameterizedTest
  @ValueSource(strings = {"--version", "--help", "completion", "pool check --help"})
  void shouldNotEndAsIfItHadBeenSaid(String command) throws Exception {
    CommandRun run = run(command, new File("/dev/full"));

    assertThat(run.errorLine()).isEqualTo("dsa: cannot write to stdout: No space left on device");
    assertThat(run.status()).isEqualTo(ExitCode.IO.status());
  }

  @Test
  void shouldKeepTheStatusOfWhatFailed() throws Exception {
    CommandRun run = run("pool check file:/nowhere/pool", new File("/dev/full"));

    assertThat(run.errorLine()).contains("file:/nowhere/pool");
    assertThat(run.status()).isEqualTo(ExitCode.STORAGE.status());
  }

  @Test
  void shouldKeepSilentWhereNobodyReadsOn() throws Exception {
    Process process = DsaProcess.start("completion", ProcessBuilder.Redirect.PIPE);
    process.getInputStream().close();
    String err = new String(process.getErrorStream().readAllBytes(), UTF_8);

    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(err).isEmpty();
    assertThat(process.exitValue()).isEqualTo(128 + 13);
  }

  private static CommandRun run(String arguments, File stdout) throws Exception {
    Process process = DsaProcess.start(arguments, ProcessBuilder.Redirect.to(stdout));
    String err = new String(process.getErrorStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return new CommandRun(process.exitValue(), "", err);
  }
}
