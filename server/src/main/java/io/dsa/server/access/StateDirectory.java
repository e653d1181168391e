package io.dsa.server.access;

import io.dsa.server.access.AccessException.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Where a server keeps what is its own: its users and their admin's credentials. Nobody but the
 * server's user can enter it, and one server at a time uses it. Thread-safe.
 */
public final class StateDirectory implements AutoCloseable {
  /** What a file in it may be to others: nothing. */
  static final FileAttribute<Set<PosixFilePermission>> OWNERS_FILE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private static final FileAttribute<Set<PosixFilePermission>> OWNERS_DIRECTORY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  /** Belongs to the user that this process runs as (proc_pid(5)). */
  private static final Path OWN_PROCESS = Path.of("/proc/self");

  private final Path path;
  private final FileChannel lock;

  private StateDirectory(Path path, FileChannel lock) {
    this.path = path;
    this.lock = lock;
  }

  /**
   * Takes the directory, and makes it, readable by its owner alone, where it is missing.
   *
   * @throws AccessException if it or a file in it is somebody else's, or others can read it,
   *     another server has it, or it cannot be used
   */
  public static StateDirectory open(Path path) {
    try {
      if (!Files.isDirectory(path)) {
        if (path.toAbsolutePath().getParent() != null) {
          Files.createDirectories(path.toAbsolutePath().getParent());
        }
        Files.createDirectory(path, OWNERS_DIRECTORY);
      }
      checkIsServersAlone(path, "700");
      try (Stream<Path> files = Files.list(path)) {
        for (Path file : (Iterable<Path>) files::iterator) {
          checkIsServersAlone(file, Files.isDirectory(file) ? "700" : "600");
          checkIsNoPipe(file);
        }
      }
      return new StateDirectory(path, lock(path));
    } catch (FileAlreadyExistsException e) {
      throw new AccessException(
          Reason.STATE,
          "state-directory "
              + path
              + ": "
              + (e.getFile().equals(path.toString()) ? "" : e.getFile() + " ")
              + "is there and is no directory; move it away, or name another state-directory",
          e);
    } catch (IOException e) {
      throw new AccessException(
          Reason.STATE, "state-directory " + path + ": cannot be used: " + reason(e), e);
    }
  }

  private static void checkIsServersAlone(Path file, String mode) throws IOException {
    int owner = userId(file);
    int own = userId(OWN_PROCESS);
    if (owner != own) {
      throw new AccessException(
          Reason.STATE,
          file
              + ": belongs to user "
              + owner
              + ", who can get at it, and it is the secret of the server, which runs as user "
              + own
              + "; run it as "
              + owner
              + ", or look what that user had of it, then 'chown "
              + own
              + " "
              + file
              + "'");
    }
    Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
    permissions.removeAll(PosixFilePermissions.fromString("rwx------"));
    if (!permissions.isEmpty()) {
      throw new AccessException(
          Reason.STATE,
          file
              + ": others than its owner can get at it, and it is the server's secret; look who has,"
              + " then 'chmod "
              + mode
              + " "
              + file
              + "'");
    }
  }

  /** To open one of those would wait for whoever opens its other end. */
  private static void checkIsNoPipe(Path file) {
    if (!Files.isRegularFile(file) && !Files.isDirectory(file)) {
      throw new AccessException(
          Reason.STATE, file + ": is a pipe, a socket or a device, and no file; move it away");
    }
  }

  private static int userId(Path file) throws IOException {
    return (int) Files.getAttribute(file, "unix:uid");
  }

  private static FileChannel lock(Path path) throws IOException {
    FileChannel channel =
        FileChannel.open(
            path.resolve("lock"),
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
            OWNERS_FILE);
    boolean locked = false;
    try {
      locked = channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      // By another server of this process.
    } finally {
      if (!locked) {
        channel.close();
      }
    }
    if (!locked) {
      throw new AccessException(
          Reason.STATE,
          "state-directory "
              + path
              + ": another server is using it; stop that one, or give each a directory of its own");
    }
    return channel;
  }

  /** The file of users. */
  Path users() {
    return path.resolve("users");
  }

  /** The key and certificate of the admin plane. */
  public Path adminKeystore() {
    return path.resolve("admin.p12");
  }

  /** What the run before left, see {@link Handover}. */
  Path handover() {
    return path.resolve("handover");
  }

  /** Where the credentials of the first admin are written. */
  public Path adminCredentials() {
    return path.resolve("admin.credentials");
  }

  /**
   * Puts a file of text in the place of what is there, readable by its owner alone: all of it, or
   * none.
   */
  void writeText(Path file, String text) {
    replace(
        file,
        (unfinished, channel) -> {
          ByteBuffer bytes = StandardCharsets.UTF_8.encode(text);
          while (bytes.hasRemaining()) {
            channel.write(bytes);
          }
          channel.force(true);
        });
  }

  /** Writes what is to be in a file, and makes it durable. */
  @FunctionalInterface
  interface Contents {
    void write(Path unfinished, FileChannel to) throws IOException;
  }

  /**
   * Puts a file, readable by its owner alone, in the place of what is there: all of it, or none.
   *
   * @throws AccessException if it cannot be written
   */
  static void replace(Path file, Contents contents) {
    Path unfinished = file.resolveSibling(file.getFileName() + ".new");
    try {
      Files.deleteIfExists(unfinished);
      try (FileChannel channel =
          FileChannel.open(
              unfinished,
              Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
              OWNERS_FILE)) {
        contents.write(unfinished, channel);
      }
      Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
      force(file.getParent());
    } catch (IOException e) {
      throw new AccessException(Reason.STATE, file + ": cannot be written: " + reason(e), e);
    }
  }

  /** Makes the names in a directory durable. */
  static void force(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /** What the file system says, without the name of the file, which is said before it. */
  static String reason(IOException e) {
    return switch (e) {
      case NoSuchFileException _ -> "no such file or directory";
      case AccessDeniedException _ -> "permission denied";
      case FileSystemException other when other.getReason() != null -> other.getReason();
      default -> e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    };
  }

  @Override
  public String toString() {
    return path.toString();
  }

  /** Gives it up to other servers. Idempotent. */
  @Override
  public void close() {
    try {
      lock.close();
    } catch (IOException e) {
      throw new AccessException(Reason.STATE, path + ": " + reason(e), e);
    }
  }
}
