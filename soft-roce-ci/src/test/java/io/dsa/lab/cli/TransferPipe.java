package io.dsa.lab.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A named pipe in place of the file of a transfer, so that a test knows how far that is. */
record TransferPipe(Path path) {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private interface Opening<T> {
    T open() throws IOException;
  }

  static TransferPipe in(Path directory) throws IOException, InterruptedException {
    Path path = directory.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", path.toString()).start().waitFor()).isZero();
    return new TransferPipe(path);
  }

  /** The end that a command reads from. */
  OutputStream feed(DsaCommand.Running reader) throws Exception {
    return open(reader, () -> Files.newOutputStream(path));
  }

  /** The end that a command writes to. */
  InputStream drain(DsaCommand.Running writer) throws Exception {
    return open(writer, () -> Files.newInputStream(path));
  }

  /** Opening a pipe waits for the other end, which may have died before. */
  private <T extends AutoCloseable> T open(DsaCommand.Running other, Opening<T> opening)
      throws Exception {
    CompletableFuture<T> opened =
        CompletableFuture.supplyAsync(() -> {
          try {
            return opening.open();
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (other.process().isAlive() && System.nanoTime() < deadline) {
      try {
        return opened.get(100, TimeUnit.MILLISECONDS);
      } catch (TimeoutException stillWaiting) {
        // The command is still starting.
      }
    }
    release(opened);
    other.process().destroyForcibly();
    throw new AssertionError(
        other.arguments() + " never opened the pipe; it printed: " + other.errors());
  }

  /** Both ends at once wait for nobody, and let the thread go that waits. */
  private <T extends AutoCloseable> void release(CompletableFuture<T> opened) throws Exception {
    RandomAccessFile both = new RandomAccessFile(path.toFile(), "rw");
    try {
      opened.get(10, TimeUnit.SECONDS).close();
    } finally {
      both.close();
    }
  }
}
