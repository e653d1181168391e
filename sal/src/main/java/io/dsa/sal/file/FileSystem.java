package io.dsa.sal.file;

import io.dsa.sal.DeviceUri;
import io.dsa.sal.StorageException;
import io.dsa.sal.StorageException.Category;
import io.dsa.sal.linux.LockedFile;
import io.dsa.sal.linux.Mount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A file system that a device can lie on: one of those that are known to keep what a pool needs of
 * them.
 *
 * @param isMemory whether files on it are in DRAM, and their contents gone after a power cut
 */
record FileSystem(Mount mount, boolean isMemory) {
  private static final String INSTEAD =
      "; use a file on ext4, xfs or f2fs, on tmpfs for a volatile pool, or devdax:";

  /**
   * Returns the one that an open file lies on.
   *
   * @throws StorageException with category UNSUPPORTED if it is of a kind that a device cannot lie
   *     on, with the reason
   */
  static FileSystem of(DeviceUri uri, LockedFile file) {
    Mount mount;
    try {
      mount = Mount.of(file).orElseThrow(() -> unsupported(uri, "of a kind that /proc hides"));
    } catch (IOException e) {
      throw new StorageException(
          Category.IO, uri + ": cannot find out its file system: " + e.getMessage(), e);
    }
    boolean memory = isMemory(uri, mount.type());
    return new FileSystem(memory ? mount : withBarriers(uri, mount), memory);
  }

  /**
   * Looks for the reason why a file at {@code path} could not be opened or made, in what lies
   * there. Silent where that cannot be found out. Where file systems are mounted on one another it
   * may find the wrong one, so that nothing is refused for what it says alone.
   *
   * @throws StorageException as {@link #of}
   */
  static void check(DeviceUri uri, Path path) {
    String type;
    try {
      type = Files.getFileStore(path).type();
    } catch (IOException e) {
      return;
    }
    isMemory(uri, type);
  }

  /** Says whether files of a file system that a device can lie on are in DRAM. */
  private static boolean isMemory(DeviceUri uri, String type) {
    return switch (type) {
      case "tmpfs", "hugetlbfs" -> true;
      case "ext2", "ext3", "ext4", "xfs", "f2fs" -> false;
      case "btrfs", "bcachefs", "zfs" ->
          throw unsupported(
              uri,
              type
                  + ", which takes new space for each change, so that a full disk would kill the"
                  + " server");
      case "overlay" ->
          throw unsupported(
              uri, "overlay, as a container's own files are, which may move a file as it changes");
      default ->
          throw unsupported(
              uri, type + ", which is not known to keep a mapped file through a power cut");
    };
  }

  /** Without them, fsync returns before the disk has emptied its cache. */
  private static Mount withBarriers(DeviceUri uri, Mount mount) {
    for (String option : List.of("nobarrier", "barrier=0", "fsync_mode=nobarrier")) {
      if (mount.options().contains(option)) {
        throw new StorageException(
            Category.UNSUPPORTED,
            uri
                + ": its file system is mounted with '"
                + option
                + "', so that a power cut loses what was made durable; mount it without");
      }
    }
    return mount;
  }

  private static StorageException unsupported(DeviceUri uri, String which) {
    return new StorageException(
        Category.UNSUPPORTED, uri + ": its file system is " + which + INSTEAD);
  }

  /** Says whether files can share blocks, so that the first write to one takes new space. */
  boolean canShareBlocks() {
    return mount.type().equals("xfs");
  }

  /** Returns the name and what is mounted, as in {@code ext4 (/dev/sda1)}. */
  @Override
  public String toString() {
    return isMemory ? mount.type() : mount.type() + " (" + mount.source() + ")";
  }
}
