package io.dsa.sal.linux;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What is mounted where a file lies, from proc (proc_pid_mountinfo(5)).
 *
 * @param type as mount names it, such as ext4
 * @param source what is mounted, such as /dev/pmem0
 * @param options of the file system, not of this mount of it
 * @param device the block device's numbers, MAJOR:MINOR
 */
public record Mount(String type, String source, List<String> options, String device) {
  public Mount {
    options = List.copyOf(options);
  }

  /** Returns the mount that an open file was opened by. */
  public static Optional<Mount> of(LockedFile file) throws IOException {
    return of(Path.of("/proc/self"), file.fd());
  }

  static Optional<Mount> of(Path process, int fd) throws IOException {
    Optional<String> id =
        lines(process.resolve("fdinfo/" + fd)).stream()
            .filter(line -> line.startsWith("mnt_id:"))
            .map(line -> line.substring("mnt_id:".length()).strip())
            .findFirst();
    if (id.isEmpty()) {
      return Optional.empty();
    }
    return lines(process.resolve("mountinfo")).stream()
        .filter(line -> line.startsWith(id.get() + " "))
        .map(Mount::parse)
        .findFirst();
  }

  // 36 35 98:0 /root /mnt rw,noatime master:1 - ext4 /dev/sda1 rw,errors=continue
  private static Mount parse(String line) {
    int separator = line.indexOf(" - ");
    String[] place = line.substring(0, separator).split(" ", -1);
    String[] what = line.substring(separator + 3).split(" ", -1);
    return new Mount(what[0], what[1], Arrays.asList(what[2].split(",", -1)), place[2]);
  }

  private static List<String> lines(Path file) throws IOException {
    // Paths in it are bytes of any kind.
    return Files.readAllLines(file, StandardCharsets.ISO_8859_1);
  }
}
