package io.dsa.sal.memory;

import io.dsa.sal.Access;
import io.dsa.sal.Device;
import io.dsa.sal.PersistenceDomain;
import io.dsa.sal.WriteBack;
import io.dsa.sal.linux.Mapping;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/** Anonymous memory of this process; gone when it is closed. */
final class MemoryDevice implements Device {
  private final String uri;
  private final Mapping mapping;

  /** Takes over {@code mapping}. */
  MemoryDevice(String uri, Mapping mapping) {
    this.uri = uri;
    this.mapping = mapping;
  }

  @Override
  public String uri() {
    return uri;
  }

  @Override
  public String medium() {
    return "DRAM in " + mapping.pages();
  }

  @Override
  public boolean isTransient() {
    return true;
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
    return PersistenceDomain.VOLATILE;
  }

  @Override
  public WriteBack writeBack() {
    return WriteBack.NONE;
  }

  @Override
  public MemorySegment memory() {
    return mapping.memory();
  }

  @Override
  public void persist(long offset, long length) {
    Objects.checkFromIndexSize(offset, length, capacity());
    if (!mapping.memory().scope().isAlive()) {
      throw new IllegalStateException(uri + " is closed");
    }
  }

  @Override
  public void close() {
    mapping.close();
  }

  @Override
  public String toString() {
    return uri;
  }
}
