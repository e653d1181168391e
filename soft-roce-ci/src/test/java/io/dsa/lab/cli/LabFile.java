package io.dsa.lab.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** A blank file in the lab, for a pool; closing it deletes it. */
final class LabFile implements AutoCloseable {
  private static final long BYTES = 32 << 20;

  private final Path path;

  private LabFile(Path path) {
    this.path = path;
  }

  static LabFile in(String directory) throws IOException {
    return in(directory, BYTES);
  }

  static LabFile in(String directory, long bytes) throws IOException {
    Path path = Files.createTempFile(Path.of(directory), "dsa", ".pool");
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      file.setLength(bytes);
    }
    return new LabFile(path);
  }

  /** On a file system that is made for it, of one of the kinds that {@code mounted} knows. */
  static LabFile onNew(String kind) throws IOException {
    Process mounted =
        new ProcessBuilder("mounted", kind).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String place =
        new String(mounted.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    assertThat(mounted.onExit().join().exitValue()).as("mounted %s", kind).isZero();
    return in(place);
  }

  String uri() {
    return "file:" + path;
  }

  @Override
  public void close() throws IOException {
    Files.delete(path);
  }
}
