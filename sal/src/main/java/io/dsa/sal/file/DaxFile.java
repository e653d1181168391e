package io.dsa.sal.file;

import io.dsa.sal.DeviceUri;
import io.dsa.sal.PersistenceDomain;
import io.dsa.sal.WriteBack;
import io.dsa.sal.linux.Libpmem;
import io.dsa.sal.linux.Mapping;

/** A file on a DAX mount: persistent memory in place. */
final class DaxFile extends FileDevice {
  private final Libpmem libpmem;
  private final PersistenceDomain persistence;

  DaxFile(
      DeviceUri uri,
      BackingFile backing,
      Mapping mapping,
      Libpmem libpmem,
      PersistenceDomain persistence) {
    super(uri, backing, mapping);
    this.libpmem = libpmem;
    this.persistence = persistence;
  }

  @Override
  public String medium() {
    return "file on "
        + fileSystem()
        + ", DAX"
        + (persistence.isPersistent()
            ? ", written back by libpmem"
            : " on memory that is not known to be persistent");
  }

  @Override
  public PersistenceDomain persistence() {
    return persistence;
  }

  @Override
  public WriteBack writeBack() {
    return persistence.isPersistent() ? WriteBack.CACHE_LINES : WriteBack.NONE;
  }

  @Override
  public void persist(long offset, long length) {
    libpmem.persist(memory().asSlice(offset, length));
  }

  // Not by the file system: a range that it only notes as zeros would have to be noted otherwise
  // again, durably, when each of its pages is first written to.
  @Override
  public void zero(long offset, long length) {
    libpmem.zero(memory().asSlice(offset, length));
  }
}
