package io.dsa.lab.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;

/** A file of which no part is like another. */
final class RandomFile {
  private static final int CHUNK = 1 << 16;

  private RandomFile() {}

  static Path write(Path file, long bytes) throws IOException {
    SplittableRandom random = new SplittableRandom(bytes);
    byte[] chunk = new byte[CHUNK];
    try (OutputStream out = Files.newOutputStream(file)) {
      for (long left = bytes; left > 0; left -= CHUNK) {
        random.nextBytes(chunk);
        out.write(chunk, 0, (int) Math.min(CHUNK, left));
      }
    }
    return file;
  }
}
