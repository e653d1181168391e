package io.dsa.sal.devdax;

import io.dsa.sal.DeviceUri;
import io.dsa.sal.StorageException;
import io.dsa.sal.StorageException.Category;
import io.dsa.sal.linux.Libc;
import java.nio.file.Path;

/**
 * An open file or device that is locked for as long as it is open.
 *
 * <p>A DAX device is locked twice: its node, which is what other programs would look at, and its
 * directory in sysfs, since a container has a node of its own for the same device and a lock
 * belongs to the node.
 */
final class DeviceLock implements AutoCloseable {
  private final int fd;
  private boolean closed;

  private DeviceLock(int fd) {
    this.fd = fd;
  }

  /**
   * Opens and locks, without waiting.
   *
   * @throws StorageException if it cannot be opened or somebody else has it locked
   */
  static DeviceLock open(DeviceUri uri, Path path, int flags) {
    int fd = Libc.open(path.toString(), flags | Libc.O_CLOEXEC);
    if (fd < 0) {
      throw refused(uri, path, -fd);
    }
    int error = Libc.flock(fd, Libc.LOCK_EX | Libc.LOCK_NB);
    if (error == 0) {
      return new DeviceLock(fd);
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

  private static StorageException refused(DeviceUri uri, Path path, int errno) {
    return switch (errno) {
      case Libc.ENOENT, Libc.ENXIO, Libc.ENODEV -> DevDaxDevice.missing(uri, null);
      case Libc.EACCES, Libc.EPERM ->
          new StorageException(
              Category.PERMISSION,
              uri + ": no permission to read and write " + path + "; run as a user who has it");
      case Libc.EBUSY -> new StorageException(Category.BUSY, uri + " is in use");
      default ->
          new StorageException(
              Category.IO, uri + ": cannot open " + path + ": " + Libc.describe(errno));
    };
  }

  int fd() {
    return fd;
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      Libc.close(fd);
    }
  }
}
