package io.dsa.cli;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The command in a process of its own, for what is about the process. */
final class DsaProcess {
  private DsaProcess() {}

  /**
   * Starts it.
   *
   * @param arguments with blanks between them
   * @param classPath what it finds beside what the tests have
   */
  static Process start(String arguments, ProcessBuilder.Redirect stdout, Path... classPath)
      throws IOException {
    StringBuilder path = new StringBuilder(System.getProperty("java.class.path"));
    for (Path more : classPath) {
      path.append(File.pathSeparatorChar).append(more);
    }
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                path.toString(),
                Dsa.class.getName()));
    command.addAll(List.of(arguments.split(" ")));
    return new ProcessBuilder(command).redirectOutput(stdout).start();
  }
}
