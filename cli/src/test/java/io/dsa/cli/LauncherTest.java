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

  private CommandRun run(Path dsa, Path javaHome, String... arguments) throws Exception {
    return run(Map.of(), dsa, javaHome, arguments);
  }

  private CommandRun run(
      Map<String, String> environment, Path dsa, Path javaHome, String... arguments)
      throws Exception {
    List<String> command = new ArrayList<>(List.of(dsa.toString()));
    command.addAll(List.of(arguments));
    Map<String, String> all = new HashMap<>(environment);
    all.put("DSA_JAVA_HOME", javaHome.toString());
    return run(directory, all, command);
  }

  /** With these variables set, or not set where they are null, and none of DSA's own besides. */
  private static CommandRun run(
      Path directory, Map<String, String> environment, List<String> command) throws Exception {
    ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("DSA_"));
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

  @Test
  void shouldBeFoundInTheDirectoryThatItIsStartedIn() throws Exception {
    Path dsa = installation();
    Map<String, String> environment = Map.of("DSA_JAVA_HOME", jdk("jdk", "25").toString());

    CommandRun run = run(dsa.getParent(), environment, List.of("sh", "dsa", "--version"));

    assertThat(run.out()).contains(dsa.getParent().getParent().toRealPath() + "/lib/*");
  }

  /** The releases of JAVA_HOME and of the one on the path, and which of them it takes. */
  @ParameterizedTest
  @CsvSource({"25.0.3, 26, home", "21.0.7, 26, path", "2.5, 26, path", "251, 26, path"})
  void shouldTakeJavaHomeIfThatIsNewEnough(String home, String path, String taken)
      throws Exception {
    Map<String, String> environment =
        Map.of(
            "JAVA_HOME",
            jdk("home", home).toString(),
            "PATH",
            jdk("path", path).resolve("bin") + ":" + System.getenv("PATH"));

    CommandRun run = run(directory, environment, List.of(installation().toString(), "--version"));

    assertThat(run.out().lines()).first().isEqualTo(taken);
  }

  @Test
  void shouldReadAReleaseWhoseLastLineIsNotEnded() throws Exception {
    Path jdk = jdk("jdk", "25");
    Files.writeString(jdk.resolve("release"), "LIBC=\"gnu\"\nJAVA_VERSION=\"25-ea\"");

    assertThat(run(installation(), jdk, "--version").status()).isZero();
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
