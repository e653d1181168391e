package io.dsa.lab.crash;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Runs programs of the lab's guest. */
final class Command {
  private Command() {}

  /**
   * Runs one to its end and returns what it printed.
   *
   * @throws IOException if it fails
   */
  static String run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    int status = process.waitFor();
    if (status != 0) {
      throw new IOException(
          String.join(" ", command)
              + " ended with "
              + status
              + (output.isEmpty() ? "" : ": " + output));
    }
    return output;
  }
}
