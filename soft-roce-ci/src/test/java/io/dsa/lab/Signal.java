package io.dsa.lab;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;

/** Signals to other processes. */
public final class Signal {
  private static final Duration STOPPED = Duration.ofSeconds(10);

  private Signal() {}

  /**
   * Sends a signal by its name without SIG. Of STOP it returns when every thread stands: until then
   * the process may still answer.
   */
  public static void send(String name, Process process) throws IOException, InterruptedException {
    String pid = Long.toString(process.pid());
    int status = new ProcessBuilder("kill", "-" + name, pid).inheritIO().start().waitFor();
    if (status != 0) {
      throw new IllegalStateException("kill -" + name + ' ' + pid + ": status " + status);
    }
    if (name.equals("STOP")) {
      awaitStop(Path.of("/proc", pid, "task"));
    }
  }

  private static void awaitStop(Path tasks) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + STOPPED.toNanos();
    while (!isStopped(tasks)) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException(tasks + " did not stop");
      }
      // The kernel tells of a stop by waitpid alone, which is the JVM's own: it has to be asked.
      Thread.sleep(5);
    }
  }

  private static boolean isStopped(Path tasks) throws IOException {
    try (Stream<Path> threads = Files.list(tasks)) {
      return threads.allMatch(Signal::stands);
    }
  }

  /** The state is behind the name, which may have any character. */
  private static boolean stands(Path thread) {
    try {
      String stat = Files.readString(thread.resolve("stat"), StandardCharsets.ISO_8859_1);
      return stat.charAt(stat.lastIndexOf(')') + 2) == 'T';
    } catch (IOException ended) {
      return true;
    }
  }
}
