package io.dsa.sal.file;

import io.dsa.sal.DeviceUri;
import io.dsa.sal.PersistenceDomain;
import io.dsa.sal.StorageException;
import io.dsa.sal.StorageException.Category;
import io.dsa.sal.WriteBack;
import io.dsa.sal.linux.Libc;
import io.dsa.sal.linux.Mapping;
import java.lang.foreign.MemorySegment;

/**
 * A file in the page cache, which the kernel writes to a disk.
 *
 * <p>When that has failed once, nothing is durable any more until the file is opened anew: the
 * kernel reports a failure once and takes the pages for clean from then on, so that a second
 * attempt would succeed without having written anything.
 */
final class CachedFile extends FileDevice {
  private StorageException failure;

  CachedFile(DeviceUri uri, BackingFile backing, Mapping mapping) {
    super(uri, backing, mapping);
  }

  @Override
  public String medium() {
    return "file on " + fileSystem() + ", page cache, written out by msync";
  }

  @Override
  public PersistenceDomain persistence() {
    return PersistenceDomain.DEVICE;
  }

  @Override
  public WriteBack writeBack() {
    return WriteBack.MSYNC;
  }

  // One at a time: the kernel tells only one of those that wait for the same file of a failure, and
  // none of the others may return as if there had been none.
  @Override
  public synchronized void persist(long offset, long length) {
    refuseAfterFailure();
    int error = mapping().write(offset, length);
    if (error != 0) {
      failure =
          new StorageException(
              Category.IO,
              uri()
                  + ": writing to its medium failed: "
                  + Libc.describe(-error)
                  + "; what it holds is unknown, so nothing more is made durable: check the disk"
                  + " and the pool, then start the server again");
      throw failure;
    }
  }

  private synchronized void refuseAfterFailure() {
    if (failure != null) {
      throw new StorageException(failure.category(), failure.getMessage(), failure);
    }
  }

  // A file system that has given up refuses new pages to change by SIGBUS, not by an error.
  @Override
  public void write(long offset, MemorySegment source) {
    refuseAfterFailure();
    super.write(offset, source);
  }

  @Override
  public void zero(long offset, long length) {
    MemorySegment range = memory().asSlice(offset, length);
    if (!range.scope().isAlive()) {
      throw new IllegalStateException(uri() + " is closed");
    }
    refuseAfterFailure();
    if (length > 0 && file().zeroRange(offset, length) != 0) {
      range.fill((byte) 0);
    }
    persist(offset, length);
  }
}
