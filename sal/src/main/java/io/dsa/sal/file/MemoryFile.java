package io.dsa.sal.file;

import io.dsa.sal.ByteSize;
import io.dsa.sal.DeviceUri;
import io.dsa.sal.PersistenceDomain;
import io.dsa.sal.WriteBack;
import io.dsa.sal.linux.Mapping;
import java.util.Objects;

/** A file in memory: it is there until its machine goes down. */
final class MemoryFile extends FileDevice {
  MemoryFile(DeviceUri uri, BackingFile backing, Mapping mapping) {
    super(uri, backing, mapping);
  }

  @Override
  public String medium() {
    return "file on " + fileSystem() + ", DRAM in pages of " + ByteSize.format(alignment());
  }

  @Override
  public PersistenceDomain persistence() {
    return PersistenceDomain.VOLATILE;
  }

  @Override
  public WriteBack writeBack() {
    return WriteBack.NONE;
  }

  @Override
  public void persist(long offset, long length) {
    Objects.checkFromIndexSize(offset, length, capacity());
    if (!memory().scope().isAlive()) {
      throw new IllegalStateException(uri() + " is closed");
    }
  }
}
