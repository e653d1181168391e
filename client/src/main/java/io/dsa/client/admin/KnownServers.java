package io.dsa.client.admin;

import io.dsa.client.DsaException;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The fingerprints of servers that were seen, in a file with a line {@code URL FINGERPRINT} for
 * each: a server is believed the first time, and has to be the same from then on. Thread-safe, also
 * between processes.
 */
public final class KnownServers implements FingerprintPin {
  private final Path file;
  private final Consumer<String> note;

  /**
   * Looks at nothing yet.
   *
   * @param file made with its directory where there is none
   * @param note is told in one line whom it believes for the first time
   */
  public KnownServers(Path file, Consumer<String> note) {
    this.file = file;
    this.note = note;
  }

  @Override
  public synchronized void check(URI server, String fingerprint) {
    try {
      Optional<String> known = find(server, lines());
      if (known.isEmpty()) {
        known = remember(server, fingerprint);
      }
      if (!known.get().equals(fingerprint)) {
        throw new DsaException(
            DsaException.Category.NOT_PERMITTED,
            server
                + ": its certificate has changed, to the fingerprint "
                + fingerprint
                + "; if the server's keystore was replaced, remove its line from "
                + file
                + ", otherwise somebody is in between");
      }
    } catch (IOException e) {
      throw new DsaException(
          DsaException.Category.IO,
          file
              + ": cannot be read and written: "
              + e.getMessage()
              + "; or set DSA_ADMIN_FINGERPRINT",
          e);
    }
  }

  private List<String> lines() throws IOException {
    try {
      return Files.readAllLines(file);
    } catch (NoSuchFileException e) {
      return List.of();
    }
  }

  private Optional<String> find(URI server, List<String> lines) {
    for (String line : lines) {
      String known = server + " ";
      if (line.startsWith(known)) {
        try {
          return Optional.of(FingerprintPin.normal(line.substring(known.length())));
        } catch (IllegalArgumentException e) {
          throw broken(server);
        }
      }
    }
    return Optional.empty();
  }

  private DsaException broken(URI server) {
    return new DsaException(
        DsaException.Category.IO,
        file + ": the line of " + server + " is no 'URL FINGERPRINT'; remove it");
  }

  /** Adds a line, unless another process was first; what the file says then. */
  private Optional<String> remember(URI server, String fingerprint) throws IOException {
    Files.createDirectories(
        file.toAbsolutePath().getParent(),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    try (FileChannel channel =
            FileChannel.open(
                file,
                Set.of(
                    StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.READ),
                PosixFilePermissions.asFileAttribute(
                    PosixFilePermissions.fromString("rw-------")));
        var _ = channel.lock()) {
      List<String> lines = lines();
      Optional<String> known = find(server, lines);
      if (known.isPresent()) {
        return known;
      }
      long end = channel.size();
      String before = end > 0 && !endsWithNewline(channel, end) ? "\n" : "";
      channel.write(StandardCharsets.UTF_8.encode(before + server + " " + fingerprint + "\n"), end);
      channel.force(true);
    }
    note.accept(server + " is new here; its fingerprint " + fingerprint + " is kept in " + file);
    return Optional.of(fingerprint);
  }

  private static boolean endsWithNewline(FileChannel channel, long end) throws IOException {
    ByteBuffer last = ByteBuffer.allocate(1);
    channel.read(last, end - 1);
    return last.get(0) == '\n';
  }
}
