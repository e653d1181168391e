package io.dsa.cli;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * A file that appears under its name only when it is complete. A pipe or a device is written
 * directly.
 */
final class Download implements AutoCloseable {
  private final Path file;
  private final Path part;
  private final FileChannel channel;

  private Download(Path file, Path part, FileChannel channel) {
    this.file = file;
    this.part = part;
    this.channel = channel;
  }

  static Download to(Path file) throws IOException {
    if (Files.isDirectory(file)) {
      throw new CliException(ExitCode.IO, file + ": is a directory; name a file in it");
    }
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      return new Download(file, file, FileChannel.open(file, StandardOpenOption.WRITE));
    }
    // The file that a symbolic link leads to is replaced, not the link.
    Path target = Files.exists(file) ? file.toRealPath() : file.toAbsolutePath();
    Path part =
        target.resolveSibling(
            "." + target.getFileName() + "." + ProcessHandle.current().pid() + ".part");
    FileChannel channel =
        FileChannel.open(part, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    // For SIGINT and SIGTERM, where nothing is closed.
    part.toFile().deleteOnExit();
    return new Download(target, part, channel);
  }

  WritableByteChannel channel() {
    return channel;
  }

  /** Everything is written: gives the file its name. */
  void finish() throws IOException {
    channel.close();
    if (!part.equals(file)) {
      Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
    if (!part.equals(file)) {
      Files.deleteIfExists(part);
    }
  }
}
