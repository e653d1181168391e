package io.dsa.lab.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** What a transfer moves that is cut off: chunks alike, written to its pipe or read back. */
final class FilledChunks {
  private static final int CHUNK = 1 << 20;

  /** More than the blocks in flight, so that RDMA has moved some. */
  private static final int MOVED = 28;

  /** So many of them for sure, 16 blocks being in flight and one in the pipe. */
  private static final int LANDED = MOVED - 20;

  private static final int ALL = 64;
  private static final byte FILLING = 0x5a;

  /** Those that move before a transfer is cut off. */
  static final int MOVED_BYTES = MOVED * CHUNK;

  /** All of them: what their volume holds. */
  static final int VOLUME_BYTES = ALL * CHUNK;

  private FilledChunks() {}

  private static byte[] chunk() {
    byte[] chunk = new byte[CHUNK];
    Arrays.fill(chunk, FILLING);
    return chunk;
  }

  static void writeMoved(OutputStream feed) throws IOException {
    write(feed, MOVED);
  }

  static void writeOthers(OutputStream feed) throws IOException {
    write(feed, ALL - MOVED);
  }

  /** The others, as far as there is a reader, which goes when it has noticed. */
  static void writeUntilBroken(OutputStream feed) {
    try {
      writeOthers(feed);
    } catch (IOException expected) {
      // Broken pipe.
    }
  }

  private static void write(OutputStream feed, int chunks) throws IOException {
    byte[] chunk = chunk();
    for (int i = 0; i < chunks; i++) {
      feed.write(chunk);
    }
  }

  /** What is in a volume of zeros to which they were put: those that have landed, then any. */
  static void assertNewOrOld(Path file) throws IOException {
    byte[] arrived = chunk();
    byte[] blank = new byte[CHUNK];
    try (InputStream in = Files.newInputStream(file)) {
      for (int i = 0; i < ALL; i++) {
        byte[] chunk = in.readNBytes(CHUNK);
        if (i < LANDED) {
          assertThat(Arrays.equals(chunk, arrived)).as("chunk %d is as it was put", i).isTrue();
        } else if (!Arrays.equals(chunk, arrived) && !Arrays.equals(chunk, blank)) {
          assertThat(isArrivedInPart(chunk)).as("chunk %d is new or old", i).isTrue();
        }
      }
      assertThat(in.read()).isEqualTo(-1);
    }
  }

  private static boolean isArrivedInPart(byte[] chunk) {
    for (byte b : chunk) {
      if (b != FILLING && b != 0) {
        return false;
      }
    }
    return chunk.length == CHUNK;
  }
}
