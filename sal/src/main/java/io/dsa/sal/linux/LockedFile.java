package io.dsa.sal.linux;

import io.dsa.sal.DeviceUri;
import io.dsa.sal.StorageException;
import io.dsa.sal.StorageException.Category;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * An open file or device that is locked against everybody else for as long as it is open.
 *
 * <p>The lock is {@code flock}'s: it belongs to this opening of the file, whatever name it was
 * opened by, and ends with the process. Whoever asks for no lock is not kept out.
 *
 * <p>Where a method returns an error number, it is negative, and 0 is success.
 */
public final class LockedFile implements AutoCloseable {
  private final int fd;
  private boolean closed;

  private LockedFile(int fd) {
    this.fd = fd;
  }

  /**
   * Opens and locks, without waiting.
   *
   * @param uri for error texts
   * @param missing what to throw if there is no such file or device
   * @throws StorageException if it cannot be opened or somebody else has it locked
   */
  public static LockedFile open(
      DeviceUri uri, Path path, int flags, Supplier<StorageException> missing) {
    int fd = Libc.open(path.toString(), flags | Libc.O_CLOEXEC);
    if (fd < 0) {
      throw refused(uri, path, -fd, missing);
    }
    int error = Libc.flock(fd, Libc.LOCK_EX | Libc.LOCK_NB);
    if (error == 0) {
      return new LockedFile(fd);
    }
    Libc.close(fd);
    if (error == -Libc.EAGAIN) {
      throw new StorageException(
          Category.BUSY,
          uri + " is in use; stop the other server, which 'fuser " + uri.target() + "' names");
    }
    throw new StorageException(
        Category.IO, uri + ": cannot lock " + path + ": " + Libc.describe(-error));
  }

  private static StorageException refused(
      DeviceUri uri, Path path, int errno, Supplier<StorageException> missing) {
    return switch (errno) {
      case Libc.ENOENT, Libc.ENXIO, Libc.ENODEV -> missing.get();
      case Libc.EACCES, Libc.EPERM ->
          new StorageException(
              Category.PERMISSION,
              uri + ": no permission to read and write " + path + "; run as a user who has it");
      case Libc.EROFS ->
          new StorageException(
              Category.PERMISSION,
              uri + ": its file system is mounted read-only; mount it read-write");
      case Libc.EBUSY -> new StorageException(Category.BUSY, uri + " is in use");
      default ->
          new StorageException(
              Category.IO, uri + ": cannot open " + path + ": " + Libc.describe(errno));
    };
  }

  /** Returns the file as a path that cannot become another file's. */
  public Path self() {
    return Path.of("/proc/self/fd/" + fd());
  }

  synchronized int fd() {
    if (closed) {
      throw new IllegalStateException("the file is closed");
    }
    return fd;
  }

  /**
   * What a file system has for new data.
   *
   * @param blockSize in bytes; of hugetlbfs the size of its pages
   * @param available in bytes, to users who are not root; {@link Long#MAX_VALUE} where the file
   *     system sets itself no limit
   */
  public record Space(long blockSize, long available) {}

  /** Returns what its file system has, or empty if that cannot be found out. */
  public Optional<Space> space() {
    // struct statfs of every 64-bit Linux: f_type, f_bsize, f_blocks, f_bfree, f_bavail, ...
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment status = arena.allocate(ValueLayout.JAVA_LONG, 32);
      if (Libc.fstatfs(fd(), status) != 0) {
        return Optional.empty();
      }
      long blockSize = status.getAtIndex(ValueLayout.JAVA_LONG, 1);
      boolean limited = status.getAtIndex(ValueLayout.JAVA_LONG, 2) != 0;
      long available = blockSize * status.getAtIndex(ValueLayout.JAVA_LONG, 4);
      return Optional.of(new Space(blockSize, limited ? available : Long.MAX_VALUE));
    }
  }

  /** Returns how much of its file system's space it takes up, in bytes, or the error number. */
  public long allocated() {
    // struct statx: stx_blocks, in units of 512 bytes, is at 48.
    final int blocks = 0x400;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment status = arena.allocate(ValueLayout.JAVA_LONG, 32);
      int error = Libc.statx(fd(), blocks, status);
      return error < 0 ? error : status.get(ValueLayout.JAVA_LONG, 48) * 512;
    }
  }

  /**
   * Makes the file at least {@code length} bytes long and gives all of them a place on the medium,
   * so that writing to them cannot fail for lack of space. What it holds stays.
   */
  public int allocate(long length) {
    int error;
    do {
      error = Libc.posixFallocate(fd(), 0, length);
    } while (error == -Libc.EINTR);
    return error;
  }

  /** Gives the file a copy of its own of every block that it shares with other files. */
  public int unshare(long length) {
    int error;
    do {
      error = Libc.fallocate(fd(), Libc.FALLOC_FL_UNSHARE_RANGE, 0, length);
    } while (error == -Libc.EINTR);
    return error;
  }

  /** Makes a range read as zeros without writing them, where the file system can do that. */
  public int zeroRange(long offset, long length) {
    return Libc.fallocate(
        fd(), Libc.FALLOC_FL_ZERO_RANGE | Libc.FALLOC_FL_KEEP_SIZE, offset, length);
  }

  /** Brings all of the file to its medium. */
  public int sync() {
    return Libc.fsync(fd());
  }

  /** Brings the entries of a directory to its medium. */
  public static int syncDirectory(Path directory) {
    int fd = Libc.open(directory.toString(), Libc.O_RDONLY | Libc.O_CLOEXEC);
    if (fd < 0) {
      return fd;
    }
    int error = Libc.fsync(fd);
    Libc.close(fd);
    return error;
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      Libc.close(fd);
    }
  }
}
