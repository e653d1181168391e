package io.dsa.sal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A sparse file that is mapped whole, however large it says it is: what is written to it, and only
 * that, takes space. Written back by msync, or, for what metadata costs without a disk, not at all.
 */
final class SparseFileDevice implements Device {
  private final Path path;
  private final boolean writesBack;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment memory;

  /** Makes the file in {@code directory}; it goes with the device. */
  SparseFileDevice(Path directory, long capacity, boolean writesBack) {
    this.writesBack = writesBack;
    try {
      this.path = Files.createTempFile(directory, "dsa-bench", ".pool");
      try (FileChannel file =
          FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
        file.write(ByteBuffer.allocate(1), capacity - 1);
        this.memory = file.map(FileChannel.MapMode.READ_WRITE, 0, capacity, arena);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String uri() {
    return "sparse:" + path;
  }

  @Override
  public String medium() {
    return "a sparse file";
  }

  @Override
  public long capacity() {
    return memory.byteSize();
  }

  @Override
  public long alignment() {
    return 4096;
  }

  @Override
  public Access access() {
    return Access.DIRECT;
  }

  @Override
  public PersistenceDomain persistence() {
    return PersistenceDomain.MEMORY_CONTROLLER;
  }

  @Override
  public WriteBack writeBack() {
    return WriteBack.CACHE_LINES;
  }

  @Override
  public MemorySegment memory() {
    return memory;
  }

  @Override
  public void persist(long offset, long length) {
    MemorySegment range = memory.asSlice(offset, length);
    if (writesBack && length > 0) {
      range.force();
    }
  }

  @Override
  public void close() {
    if (arena.scope().isAlive()) {
      arena.close();
      try {
        Files.delete(path);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
