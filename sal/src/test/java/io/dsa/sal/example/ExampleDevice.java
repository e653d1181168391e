package io.dsa.sal.example;

import io.dsa.sal.Access;
import io.dsa.sal.Device;
import io.dsa.sal.DeviceUri;
import io.dsa.sal.PersistenceDomain;
import io.dsa.sal.StorageException;
import io.dsa.sal.StorageException.Category;
import io.dsa.sal.WriteBack;
import io.dsa.sal.linux.Libc;
import io.dsa.sal.linux.LockedFile;
import io.dsa.sal.linux.Mapping;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file, mapped and locked, that the kernel writes to its disk. */
final class ExampleDevice implements Device {
  private final String uri;
  private final LockedFile file;
  private final Mapping mapping;
  private StorageException failure;

  private ExampleDevice(String uri, LockedFile file, Mapping mapping) {
    this.uri = uri;
    this.file = file;
    this.mapping = mapping;
  }

  static ExampleDevice open(DeviceUri uri) {
    LockedFile file =
        LockedFile.open(
            uri,
            Path.of(uri.target()),
            Libc.O_RDWR,
            () -> new StorageException(Category.NO_DEVICE, uri + ": no such file; make it first"));
    try {
      long pageSize = Libc.pageSize();
      long size = Files.size(file.self()) / pageSize * pageSize;
      return switch (Mapping.shared(file, size, pageSize)) {
        case Mapping.Result.Mapped(Mapping mapping) ->
            new ExampleDevice(uri.toString(), file, mapping);
        case Mapping.Result.Refused(int errno) ->
            throw new StorageException(
                Category.IO,
                uri + ": cannot be mapped: " + Libc.describe(errno) + "; is it empty?");
      };
    } catch (IOException e) {
      file.close();
      throw new StorageException(
          Category.IO, uri + ": cannot be read: " + e.getMessage() + "; check the disk", e);
    } catch (RuntimeException | Error e) {
      file.close(); // nothing stays open or locked
      throw e;
    }
  }

  @Override
  public String uri() {
    return uri;
  }

  @Override
  public String medium() {
    return "file, page cache, written out by msync";
  }

  @Override
  public long capacity() {
    return mapping.memory().byteSize();
  }

  @Override
  public long alignment() {
    return mapping.alignment();
  }

  @Override
  public Access access() {
    return Access.DIRECT;
  }

  @Override
  public PersistenceDomain persistence() {
    return PersistenceDomain.DEVICE;
  }

  @Override
  public WriteBack writeBack() {
    return WriteBack.MSYNC;
  }

  @Override
  public MemorySegment memory() {
    return mapping.memory();
  }

  @Override
  public synchronized void persist(long offset, long length) {
    if (failure != null) { // the kernel would not say it again
      throw new StorageException(failure.category(), failure.getMessage(), failure);
    }
    int error = mapping.write(offset, length);
    if (error != 0) {
      failure =
          new StorageException(
              Category.IO, uri + ": writing failed: " + Libc.describe(-error) + "; check the disk");
      throw failure;
    }
  }

  @Override
  public void close() {
    mapping.close();
    file.close();
  }

  @Override
  public String toString() {
    return uri;
  }
}
