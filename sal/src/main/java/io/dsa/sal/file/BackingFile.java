package io.dsa.sal.file;

import io.dsa.sal.ByteSize;
import io.dsa.sal.DeviceUri;
import io.dsa.sal.StorageException;
import io.dsa.sal.StorageException.Category;
import io.dsa.sal.linux.FileStatus;
import io.dsa.sal.linux.Libc;
import io.dsa.sal.linux.LockedFile;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * The file of a device: open, locked, on a file system that it can lie on, all of it with a place
 * on the medium and already there.
 *
 * @param pageSize in which it is mapped, in bytes
 * @param size in whole pages, in bytes
 */
record BackingFile(LockedFile file, FileSystem fileSystem, long pageSize, long size) {
  private static final int FLAGS = Libc.O_RDWR | Libc.O_NONBLOCK | Libc.O_NOCTTY;

  /** Opens an existing file; a last page that is not whole is left unused. */
  static BackingFile open(DeviceUri uri) {
    Path path = path(uri);
    // Before it is opened, since opening has effects on some devices.
    regularSize(uri, path);
    LockedFile file = openAndLock(uri, path);
    try {
      // Once more: it may have been replaced meanwhile.
      long size = regularSize(uri, file.self());
      FileSystem fileSystem = FileSystem.of(uri, file);
      LockedFile.Space space = space(uri, file);
      long pageSize = pageSize(fileSystem, space);
      if (size < pageSize) {
        throw new StorageException(
            Category.WRONG_KIND,
            uri
                + " has "
                + size
                + " bytes, and a device has a page at least; if it was a pool, its end is missing;"
                + " else delete it, and 'dsa pool format --size SIZE "
                + uri
                + "' makes one");
      }
      long allocated = file.allocated();
      if (allocated >= 0 && size - allocated > space.available()) {
        throw noSpace(uri, size - allocated, space);
      }
      allocate(uri, file, fileSystem, size);
      // What an earlier server did not get to the medium looks as if it were there.
      sync(uri, file.sync());
      return new BackingFile(file, fileSystem, pageSize, size / pageSize * pageSize);
    } catch (RuntimeException | Error e) {
      file.close();
      throw e;
    }
  }

  private static LockedFile openAndLock(DeviceUri uri, Path path) {
    try {
      return LockedFile.open(uri, path, FLAGS, () -> missing(uri, path, null));
    } catch (StorageException e) {
      if (e.category() == Category.PERMISSION || e.category() == Category.IO) {
        FileSystem.check(uri, path); // which refuses to be opened for reasons of its own
      }
      throw e;
    }
  }

  /** Makes a file that reads as zeros, rounded up to whole pages. */
  static BackingFile create(DeviceUri uri, long bytes) {
    Path path = path(uri);
    makeEmpty(uri, path);
    try {
      LockedFile file = LockedFile.open(uri, path, FLAGS, () -> missing(uri, path, null));
      try {
        return fill(uri, path, file, bytes);
      } catch (RuntimeException | Error e) {
        file.close();
        throw e;
      }
    } catch (RuntimeException | Error e) {
      delete(path, e);
      throw e;
    }
  }

  private static BackingFile fill(DeviceUri uri, Path path, LockedFile file, long bytes) {
    FileSystem fileSystem = FileSystem.of(uri, file);
    LockedFile.Space space = space(uri, file);
    long pageSize = pageSize(fileSystem, space);
    if (bytes > Math.min(space.available(), Long.MAX_VALUE - pageSize)) {
      throw noSpace(uri, bytes, space);
    }
    long size = (bytes + pageSize - 1) / pageSize * pageSize;
    allocate(uri, file, fileSystem, size);
    sync(uri, file.sync());
    sync(uri, LockedFile.syncDirectory(path.getParent()));
    return new BackingFile(file, fileSystem, pageSize, size);
  }

  private static void makeEmpty(DeviceUri uri, Path path) {
    try {
      Files.createFile(
          path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    } catch (FileAlreadyExistsException e) {
      regularSize(uri, path); // where it is something else, that is what is wrong
      throw new StorageException(
          Category.EXISTS,
          uri + ": the file is there already; delete it, or format it as it is, without a size",
          e);
    } catch (NoSuchFileException e) {
      checkDirectory(uri, path);
      throw new StorageException(
          Category.NO_DEVICE,
          uri + ": there is no directory " + path.getParent() + "; make it first",
          e);
    } catch (AccessDeniedException e) {
      checkDirectory(uri, path);
      throw denied(uri, "write to " + path.getParent(), e);
    } catch (FileSystemException e) {
      checkDirectory(uri, path);
      throw new StorageException(
          Category.IO, uri + ": cannot make it: " + reason(e) + "; choose another place", e);
    } catch (IOException e) {
      throw new StorageException(Category.IO, uri + ": cannot make it: " + e.getMessage(), e);
    }
  }

  /** Some file systems take no new files at all, and say something else. */
  private static void checkDirectory(DeviceUri uri, Path path) {
    if (Files.exists(path.getParent())) {
      FileSystem.check(uri, path.getParent());
    }
  }

  private static void delete(Path path, Throwable reason) {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      reason.addSuppressed(e);
    }
  }

  private static Path path(DeviceUri uri) {
    try {
      Path path = Path.of(uri.target());
      if (path.isAbsolute() && path.getFileName() != null) {
        return path;
      }
    } catch (InvalidPathException e) {
      throw new StorageException(Category.INVALID, uri + ": not a path: " + e.getReason(), e);
    }
    throw new StorageException(
        Category.INVALID, uri + " is not the absolute path of a file, as in file:/mnt/pmem/pool");
  }

  /** Returns the size of what has to be a regular file, in bytes. */
  private static long regularSize(DeviceUri uri, Path path) {
    FileStatus status = FileStatus.of(uri, path, cause -> missing(uri, path, cause));
    String instead =
        switch (status.kind()) {
          case REGULAR -> null;
          case DIRECTORY -> "a directory; name a file in it";
          case BLOCK_DEVICE -> "a block device; make a file system on it, and name a file there";
          case CHARACTER_DEVICE -> "a character device; devdax: is for persistent memory as such";
          case OTHER -> "no regular file; name one";
        };
    if (instead != null) {
      throw new StorageException(Category.WRONG_KIND, uri + " is " + instead);
    }
    return status.size();
  }

  private static LockedFile.Space space(DeviceUri uri, LockedFile file) {
    return file.space()
        .orElseThrow(() ->
            new StorageException(Category.IO, uri + ": its file system does not say its size"));
  }

  private static long pageSize(FileSystem fileSystem, LockedFile.Space space) {
    return fileSystem.mount().type().equals("hugetlbfs") ? space.blockSize() : Libc.pageSize();
  }

  private static void allocate(DeviceUri uri, LockedFile file, FileSystem fileSystem, long size) {
    int error = file.allocate(size);
    if (error == 0 && fileSystem.canShareBlocks()) {
      int unshared = file.unshare(size);
      // Any other error is that of a file system without shared blocks.
      error = unshared == -Libc.ENOSPC || unshared == -Libc.EDQUOT ? unshared : 0;
    }
    switch (-error) {
      case 0 -> {}
      case Libc.ENOSPC, Libc.EDQUOT, Libc.EFBIG, Libc.ENOMEM ->
          throw noSpace(uri, size, ": " + Libc.describe(-error));
      default ->
          throw new StorageException(
              Category.IO, uri + ": cannot allocate it: " + Libc.describe(-error));
    }
  }

  private static void sync(DeviceUri uri, int error) {
    if (error != 0) {
      throw new StorageException(
          Category.IO,
          uri + ": cannot bring it to its medium: " + Libc.describe(-error) + "; check the disk");
    }
  }

  private static StorageException noSpace(DeviceUri uri, long needed, LockedFile.Space space) {
    return noSpace(uri, needed, " and " + ByteSize.format(space.available()) + " are free");
  }

  private static StorageException noSpace(DeviceUri uri, long needed, String why) {
    return new StorageException(
        Category.NO_SPACE,
        uri
            + ": its file system has no room for all of it, "
            + ByteSize.format(needed)
            + " are needed"
            + why
            + "; free some or use a smaller size");
  }

  private static StorageException missing(DeviceUri uri, Path path, Throwable cause) {
    String what =
        Files.isSymbolicLink(path)
            ? " is a symbolic link to a file that is not there; delete it, or bring the file back"
            : ": no such file; 'dsa pool format --size SIZE " + uri + "' makes one";
    return new StorageException(Category.NO_DEVICE, uri + what, cause);
  }

  private static StorageException denied(DeviceUri uri, String what, Throwable cause) {
    return new StorageException(
        Category.PERMISSION,
        uri + ": no permission to " + what + "; run as a user who has it",
        cause);
  }

  private static String reason(FileSystemException e) {
    return e.getReason() == null ? e.getMessage() : e.getReason();
  }
}
