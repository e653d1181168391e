package io.dsa.sal.linux;

import io.dsa.sal.DeviceUri;
import io.dsa.sal.StorageException;
import io.dsa.sal.StorageException.Category;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Function;

/**
 * What a path is, looked at without opening it, since opening has effects on some devices.
 *
 * @param kind what lies there, after symbolic links
 * @param size in bytes; of a regular file
 * @param deviceNumber of a device
 */
public record FileStatus(Kind kind, long size, long deviceNumber) {
  /** Kinds of files. */
  public enum Kind {
    REGULAR,
    DIRECTORY,
    CHARACTER_DEVICE,
    BLOCK_DEVICE,
    /** A FIFO or a socket. */
    OTHER
  }

  private static final int S_IFMT = 0xF000;
  private static final int S_IFREG = 0x8000;
  private static final int S_IFDIR = 0x4000;
  private static final int S_IFCHR = 0x2000;
  private static final int S_IFBLK = 0x6000;

  /**
   * Looks.
   *
   * @param uri for error texts
   * @param missing what to throw if there is nothing
   * @throws StorageException if it cannot be looked at
   */
  public static FileStatus of(
      DeviceUri uri, Path path, Function<Throwable, StorageException> missing) {
    try {
      Map<String, Object> status = Files.readAttributes(path, "unix:mode,size,rdev");
      return new FileStatus(
          kind((int) status.get("mode")), (long) status.get("size"), (long) status.get("rdev"));
    } catch (NoSuchFileException e) {
      throw missing.apply(e);
    } catch (AccessDeniedException e) {
      throw new StorageException(
          Category.PERMISSION,
          uri + ": no permission to look at " + path + "; run as a user who has it",
          e);
    } catch (IOException e) {
      String reason =
          e instanceof FileSystemException f && f.getReason() != null
              ? f.getReason()
              : e.getMessage();
      throw new StorageException(
          Category.NO_DEVICE,
          uri + ": cannot look at " + path + ": " + reason + "; is the path right?",
          e);
    }
  }

  private static Kind kind(int mode) {
    return switch (mode & S_IFMT) {
      case S_IFREG -> Kind.REGULAR;
      case S_IFDIR -> Kind.DIRECTORY;
      case S_IFCHR -> Kind.CHARACTER_DEVICE;
      case S_IFBLK -> Kind.BLOCK_DEVICE;
      default -> Kind.OTHER;
    };
  }
}
