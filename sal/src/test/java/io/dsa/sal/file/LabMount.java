package io.dsa.sal.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** File systems of the lab's guest, made when first asked for. */
final class LabMount {
  private LabMount() {}

  /** Returns where one is mounted; the kinds are those of soft-roce-ci/guest/bin/mounted. */
  static Path of(String kind) throws IOException {
    requireGuest();
    return Path.of(run("mounted", kind).strip());
  }

  /** Skips the test on a machine of somebody's. */
  static void requireGuest() {
    assumeTrue(
        List.of("current", "stable").contains(System.getenv("DSA_LAB_KERNEL")),
        "makes file systems, for which there is a guest");
  }

  /** Returns what the command printed. */
  static String run(String... command) throws IOException {
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.onExit().join().exitValue()).as("%s", List.of(command)).isZero();
    return out;
  }
}
