package io.dsa.lab.cli;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * How often each thread of a process has been given a processor, proc_pid_status(5), by its number
 * and name.
 */
record WakeUps(Map<String, Long> counts) {
  static WakeUps of(long pid) throws IOException {
    Map<String, Long> counts = new TreeMap<>();
    Path tasks = Path.of("/proc", Long.toString(pid), "task");
    try (DirectoryStream<Path> threads = Files.newDirectoryStream(tasks)) {
      for (Path thread : threads) {
        try {
          String name = Files.readString(thread.resolve("comm")).strip();
          counts.put(thread.getFileName() + " " + name, switches(thread));
        } catch (NoSuchFileException e) {
          // It has ended.
        }
      }
    }
    return new WakeUps(counts);
  }

  private static long switches(Path thread) throws IOException {
    return Files.readAllLines(thread.resolve("status")).stream()
        .filter(line -> line.contains("voluntary_ctxt_switches:"))
        .mapToLong(line -> Long.parseLong(line.substring(line.indexOf(':') + 1).strip()))
        .sum();
  }

  long sum() {
    return counts.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Those of the threads that compile. */
  long ofCompilers() {
    return counts.entrySet().stream()
        .filter(thread -> thread.getKey().contains(" CompilerThre"))
        .mapToLong(Map.Entry::getValue)
        .sum();
  }

  /** Those of the threads that have woken up since then. */
  Map<String, Long> since(WakeUps earlier) {
    Map<String, Long> more = new TreeMap<>();
    counts.forEach(
        (thread, count) -> more.put(thread, count - earlier.counts.getOrDefault(thread, 0L)));
    more.values().removeIf(count -> count == 0);
    return more;
  }
}
