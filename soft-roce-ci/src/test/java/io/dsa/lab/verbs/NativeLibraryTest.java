package io.dsa.lab.verbs;

import static org.assertj.core.api.Assertions.assertThat;

import io.dsa.lab.LabDevice;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The library's own tests in C, which see what Java cannot: plain, and under AddressSanitizer. */
@Tag("lab")
final class NativeLibraryTest {
  private static final Path BUILD = Path.of(System.getProperty("dsa.native.build"));
  private static final long LIMIT_SECONDS = 180;

  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"verbs_test", "asan/verbs_test"})
  void shouldPassItsTestsInC(String program) throws Exception {
    assertPasses(program, LabDevice.HOST);
  }

  /** Formatted first, which a device that holds something refuses. */
  @ParameterizedTest
  @ValueSource(strings = {"verbs_test", "asan/verbs_test"})
  @Tag("machine")
  void shouldPassItsTestsInCThatTakeNvm(String program) throws Exception {
    LabDevice.format("native");
    try {
      assertPasses(program, LabDevice.HOST, LabDevice.dax().substring("devdax:".length()));
    } finally {
      LabDevice.wipe();
    }
  }

  private void assertPasses(String program, String... arguments) throws Exception {
    Path executable = BUILD.resolve(program);
    assertThat(executable).as("built by 'mvn package' without -DskipTests").isExecutable();
    Path output = directory.resolve("output");
    ProcessBuilder test =
        new ProcessBuilder(
                Stream.concat(Stream.of(executable.toString()), Stream.of(arguments)).toList())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    test.environment().put("ASAN_OPTIONS", "abort_on_error=1");

    Process process = test.start();
    boolean ended = process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS);
    process.destroyForcibly();

    String printed = Files.readString(output, StandardCharsets.UTF_8);
    assertThat(ended).as("ends; it printed: %s", printed).isTrue();
    assertThat(process.exitValue()).as(printed).isZero();
    assertThat(printed).contains(" passed, 0 failed").doesNotContain("FAILED");
  }
}
