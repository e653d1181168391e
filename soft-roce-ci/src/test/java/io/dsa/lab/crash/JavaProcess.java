package io.dsa.lab.crash;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** This program in another process, with the options of this one. */
final class JavaProcess {
  private JavaProcess() {}

  static ProcessBuilder builder(String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(CrashMain.class.getName());
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command);
  }
}
