package io.dsa.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** bin/dsa, with a java that prints how it was called. */
final class LauncherTest {
  private static final Path LAUNCHER = Path.of("src/main/dist/bin/dsa").toAbsolutePath();

  @TempDir private Path directory;

  private Path installation() throws Exception {
    Path bin = Files.createDirectories(directory.resolve("an installation/bin"));
    return Files.copy(LAUNCHER, bin.resolve("dsa"), StandardCopyOption.COPY_ATTRIBUTES);
  }

  private Path jdk(String name, String version) throws Exception {
    Path home = Files.createDirectories(directory.resolve(name));
    Path java = Files.createDirectories(home.resolve("bin")).resolve("java");
    Files.writeString(java, "#!/bin/sh\necho \"" + name + "\"\nprintf '%s\\n' \"$@\"\n");
    assertThat(java.toFile().setExecutable(true)).isTrue();
    Files.writeString(home.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
    return home;
  }

  private static CommandRun run(Path dsa, Path javaHome, String... arguments) throws Exception {
    return run(Map.of(), dsa, javaHome, arguments);
  }

  private static CommandRun run(
      Map<String, String> environment, Path dsa, Path javaHome, String... arguments)
      throws Exception {
    List<String> command = new ArrayList<>(List.of(dsa.toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().keySet().removeIf(name -> name.startsWith("DSA_"));
    builder.environment().put("DSA_JAVA_HOME", javaHome.toString());
    environment.forEach((name, value) -> {
      if (value == null) {
        builder.environment().remove(name);
      } else {
        builder.environment().put(name, value);
      }
    });
    Process process = builder.start();
    String out = new String(process.getInputStream().readAllBytes(), UTF_8);
    String err = new String(process.getErrorStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
    return new CommandRun(process.exitValue(), out, err);
  }

  @Test
  void shouldPassArgumentsOnAndNameTheLibrary() throws Exception {
    Path dsa = installation();

    CommandRun run = run(dsa, jdk("jdk", "25.0.3"), "volume", "show", "two words");

    assertThat(run.status()).isZero();
    String home = dsa.getParent().getParent().toRealPath().toString();
    assertThat(run.out().lines())
        .contains("jdk", "-Djava.library.path=" + home + "/lib/native", home + "/lib/*")
        .endsWith("io.dsa.cli.Dsa", "volume", "show", "two words");
  }

  @Test
  void shouldBeFoundThroughASymbolicLink() throws Exception {
    Path dsa = installation();
    Path link =
        Files.createSymbolicLink(directory.resolve("dsa"), Path.of("an installation/bin/dsa"));

    CommandRun run = run(link, jdk("jdk", "25"), "--version");

    assertThat(run.out()).contains(dsa.getParent().getParent().toRealPath() + "/lib/*");
  }

  /** The three variables by which setlocale(3) finds the encoding, and what the JVM is to see. */
  @ParameterizedTest
  @CsvSource({
    "C, , , C.UTF-8 - -",
    "POSIX, , , C.UTF-8 - -",
    "xx_XX.UTF-8, , , C.UTF-8 - -",
    "C.UTF-8, , , C.UTF-8 - -",
    ", C, C.UTF-8, - C.UTF-8 C.UTF-8",
    ", , C, - C.UTF-8 C",
    ", , xx_XX.UTF-8, - C.UTF-8 xx_XX.UTF-8",
    ", C.UTF-8, C, - C.UTF-8 C",
    ", , , - C.UTF-8 -",
  })
  void shouldTakeNamesForUtf8WhereNoEncodingIsSet(
      String all, String ctype, String lang, String seen) throws Exception {
    Path java = jdk("jdk", "25").resolve("bin/java");
    Files.writeString(java, "#!/bin/sh\necho \"${LC_ALL:--} ${LC_CTYPE:--} ${LANG:--}\"\n");
    Map<String, String> environment = new HashMap<>();
    environment.put("LC_ALL", all);
    environment.put("LC_CTYPE", ctype);
    environment.put("LANG", lang);

    CommandRun run = run(environment, installation(), directory.resolve("jdk"), "--version");

    assertThat(run.out()).isEqualTo(seen + "\n");
  }

  @Test
  void shouldRefuseAnOlderJavaInOneLine() throws Exception {
    CommandRun run = run(installation(), jdk("old", "21.0.7"), "--version");

    assertThat(run.status()).isEqualTo(127);
    assertThat(run.errorLine()).startsWith("dsa: ").contains(directory.resolve("old").toString());
  }
}
