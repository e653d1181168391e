package io.dsa.lab.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads measurements, prints a table, and writes results.json and the chart. */
public final class Report {
  private static final int CHARTED_BLOCK = 4 << 10;

  private Report() {}

  /**
   * Takes the file of measurements, the kernel's version and the directory to write to; exits with
   * 1 and one line where that fails.
   */
  public static void main(String[] arguments) {
    if (arguments.length != 3) {
      System.err.println("bench: Report takes MEASUREMENTS KERNEL DIRECTORY");
      System.exit(2);
    }
    try {
      write(Path.of(arguments[0]), arguments[1], Path.of(arguments[2]));
    } catch (IOException | IllegalArgumentException e) {
      System.err.println("bench: " + e.getMessage());
      System.exit(1);
    }
  }

  private static void write(Path file, String kernel, Path directory) throws IOException {
    Measurements measurements = Measurements.read(file);
    Results results = new Results(measurements);
    results.lines().forEach(System.out::println);
    Files.writeString(directory.resolve("results.json"), results.json(kernel));
    Files.writeString(
        directory.resolve("latency.svg"), new Chart(measurements, "read", CHARTED_BLOCK).svg());
  }
}
