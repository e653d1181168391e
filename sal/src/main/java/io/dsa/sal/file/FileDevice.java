package io.dsa.sal.file;

import io.dsa.sal.Access;
import io.dsa.sal.Device;
import io.dsa.sal.DeviceUri;
import io.dsa.sal.PersistenceDomain;
import io.dsa.sal.StorageException;
import io.dsa.sal.StorageException.Category;
import io.dsa.sal.linux.Libc;
import io.dsa.sal.linux.Libpmem;
import io.dsa.sal.linux.LockedFile;
import io.dsa.sal.linux.Mapping;
import io.dsa.sal.linux.PmemSysfs;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/** A file, mapped whole and locked; how it is made durable depends on where it lies. */
abstract sealed class FileDevice implements Device permits DaxFile, CachedFile, MemoryFile {
  private static final Path SYSFS = Path.of("/sys");

  private final String uri;
  private final BackingFile backing;
  private final Mapping mapping;

  FileDevice(DeviceUri uri, BackingFile backing, Mapping mapping) {
    this.uri = uri.toString();
    this.backing = backing;
    this.mapping = mapping;
  }

  /** Maps a file, which belongs to the device from now on, and is closed if there is none. */
  static FileDevice over(DeviceUri uri, BackingFile backing) {
    try {
      if (backing.fileSystem().isMemory()) {
        return new MemoryFile(uri, backing, mapped(uri, backing));
      }
      return switch (Mapping.synchronous(backing.file(), backing.size(), backing.pageSize())) {
        case Mapping.Result.Mapped(Mapping mapping) -> dax(uri, backing, mapping);
        // Whatever the reason is: it goes through the page cache then, which is as durable.
        case Mapping.Result.Refused _ -> new CachedFile(uri, backing, mapped(uri, backing));
      };
    } catch (RuntimeException | Error e) {
      backing.file().close();
      throw e;
    }
  }

  private static FileDevice dax(DeviceUri uri, BackingFile backing, Mapping mapping) {
    try {
      PersistenceDomain persistence =
          PmemSysfs.ofBlockDevice(SYSFS, backing.fileSystem().mount().device());
      return new DaxFile(uri, backing, mapping, Libpmem.needed(uri), persistence);
    } catch (IOException e) {
      mapping.close();
      throw new StorageException(
          Category.IO, uri + ": cannot find its persistent memory in sysfs: " + e.getMessage(), e);
    } catch (RuntimeException | Error e) {
      mapping.close();
      throw e;
    }
  }

  private static Mapping mapped(DeviceUri uri, BackingFile backing) {
    return switch (Mapping.shared(backing.file(), backing.size(), backing.pageSize())) {
      case Mapping.Result.Mapped(Mapping mapping) -> mapping;
      case Mapping.Result.Refused(int errno) ->
          throw new StorageException(
              errno == Libc.ENOMEM ? Category.NO_SPACE : Category.IO,
              uri + ": cannot map its " + backing.size() + " bytes: " + Libc.describe(errno));
    };
  }

  final Mapping mapping() {
    return mapping;
  }

  final LockedFile file() {
    return backing.file();
  }

  final FileSystem fileSystem() {
    return backing.fileSystem();
  }

  @Override
  public final String uri() {
    return uri;
  }

  @Override
  public final long capacity() {
    return mapping.memory().byteSize();
  }

  @Override
  public final long alignment() {
    return mapping.alignment();
  }

  @Override
  public final Access access() {
    return Access.DIRECT;
  }

  @Override
  public final MemorySegment memory() {
    return mapping.memory();
  }

  @Override
  public final void close() {
    // First the mapping: the next owner must not find this one still reaching the file.
    mapping.close();
    backing.file().close();
  }

  @Override
  public final String toString() {
    return uri;
  }
}
