package io.dsa.sal.devdax;

import io.dsa.sal.Access;
import io.dsa.sal.Device;
import io.dsa.sal.DeviceUri;
import io.dsa.sal.PersistenceDomain;
import io.dsa.sal.StorageException;
import io.dsa.sal.StorageException.Category;
import io.dsa.sal.WriteBack;
import io.dsa.sal.linux.DaxSysfs;
import io.dsa.sal.linux.FileStatus;
import io.dsa.sal.linux.Libc;
import io.dsa.sal.linux.Libpmem;
import io.dsa.sal.linux.LockedFile;
import io.dsa.sal.linux.Mapping;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** A DAX character device, mapped whole and locked. */
final class DevDaxDevice implements Device {
  private static final Path SYSFS = Path.of("/sys");

  private final String uri;
  private final LockedFile node;
  private final LockedFile sysfs;
  private final Mapping mapping;
  private final Libpmem libpmem;
  private final PersistenceDomain persistence;
  private final String medium;

  private DevDaxDevice(
      String uri,
      LockedFile node,
      LockedFile sysfs,
      Mapping mapping,
      Libpmem libpmem,
      PersistenceDomain persistence,
      String medium) {
    this.uri = uri;
    this.node = node;
    this.sysfs = sysfs;
    this.mapping = mapping;
    this.libpmem = libpmem;
    this.persistence = persistence;
    this.medium = medium;
  }

  static DevDaxDevice open(DeviceUri uri) {
    Path path = path(uri);
    // Before it is opened, since opening has effects on some devices.
    long deviceNumber = deviceNumber(uri, path);
    DaxSysfs facts = facts(uri, deviceNumber);
    Libpmem libpmem = Libpmem.needed(uri);
    LockedFile node = open(uri, path, Libc.O_RDWR | Libc.O_NONBLOCK);
    LockedFile sysfs = null;
    try {
      if (deviceNumber(uri, node.self()) != deviceNumber) {
        throw missing(uri, null); // it was replaced meanwhile
      }
      sysfs = open(uri, facts.directory(), Libc.O_RDONLY);
      PersistenceDomain persistence = facts.persistence();
      // Last, since it is what nothing below would undo.
      Mapping mapping = map(uri, node, facts);
      return new DevDaxDevice(
          uri.toString(), node, sysfs, mapping, libpmem, persistence, medium(facts, persistence));
    } catch (IOException e) {
      release(node, sysfs);
      throw new StorageException(
          Category.IO, uri + ": cannot read " + facts.directory() + ": " + e.getMessage(), e);
    } catch (RuntimeException | Error e) {
      release(node, sysfs);
      throw e;
    }
  }

  /**
   * A DAX device is locked twice: its node, which is what other programs would look at, and its
   * directory in sysfs, since a container has a node of its own for the same device and a lock
   * belongs to the node.
   */
  private static LockedFile open(DeviceUri uri, Path path, int flags) {
    return LockedFile.open(uri, path, flags, () -> missing(uri, null));
  }

  private static String medium(DaxSysfs facts, PersistenceDomain persistence) {
    String where = facts.region().map(region -> " on NVDIMM " + region).orElse("");
    return "DAX character device"
        + where
        + (persistence.isPersistent()
            ? ", written back by libpmem"
            : ", memory that is not known to be persistent");
  }

  private static Path path(DeviceUri uri) {
    try {
      Path path = Path.of(uri.target());
      if (path.isAbsolute()) {
        return path;
      }
    } catch (InvalidPathException e) {
      throw new StorageException(Category.INVALID, uri + ": not a path: " + e.getReason(), e);
    }
    throw new StorageException(
        Category.INVALID, uri + " is not an absolute path, as in devdax:/dev/dax0.0");
  }

  private static long deviceNumber(DeviceUri uri, Path path) {
    FileStatus status = FileStatus.of(uri, path, cause -> missing(uri, cause));
    if (status.kind() == FileStatus.Kind.BLOCK_DEVICE) {
      throw new StorageException(
          Category.WRONG_KIND,
          uri
              + " is a block device; 'ndctl create-namespace -m devdax' makes a DAX character device"
              + " of a persistent memory namespace, erasing it");
    }
    if (status.kind() != FileStatus.Kind.CHARACTER_DEVICE) {
      throw notDax(uri);
    }
    return status.deviceNumber();
  }

  private static DaxSysfs facts(DeviceUri uri, long deviceNumber) {
    try {
      DaxSysfs facts = DaxSysfs.of(SYSFS, deviceNumber);
      if (facts.isDax()) {
        return facts;
      }
    } catch (NoSuchFileException e) {
      throw missing(uri, e); // a node without a device behind it
    } catch (IOException e) {
      throw new StorageException(
          Category.IO, uri + ": cannot find it in sysfs: " + e.getMessage(), e);
    }
    throw notDax(uri);
  }

  private static Mapping map(DeviceUri uri, LockedFile node, DaxSysfs facts) throws IOException {
    long size = facts.size();
    if (size <= 0) {
      throw new StorageException(Category.NO_DEVICE, uri + " has a size of " + size + " bytes");
    }
    return switch (Mapping.shared(node, size, facts.alignment())) {
      case Mapping.Result.Mapped(Mapping mapping) -> mapping;
      case Mapping.Result.Refused(int errno) ->
          throw new StorageException(
              Category.IO, uri + ": cannot map its " + size + " bytes: " + Libc.describe(errno));
    };
  }

  private static StorageException missing(DeviceUri uri, Throwable cause) {
    return new StorageException(
        Category.NO_DEVICE,
        uri
            + ": no such device; 'ndctl list -N' shows the namespaces there are, and"
            + " 'ndctl create-namespace -m devdax' makes one",
        cause);
  }

  private static StorageException notDax(DeviceUri uri) {
    return new StorageException(
        Category.WRONG_KIND,
        uri + " is no DAX character device; 'ndctl list -N' shows those there are");
  }

  private static void release(LockedFile node, LockedFile sysfs) {
    if (sysfs != null) {
      sysfs.close();
    }
    node.close();
  }

  @Override
  public String uri() {
    return uri;
  }

  @Override
  public String medium() {
    return medium;
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
    return persistence;
  }

  @Override
  public WriteBack writeBack() {
    return persistence.isPersistent() ? WriteBack.CACHE_LINES : WriteBack.NONE;
  }

  @Override
  public MemorySegment memory() {
    return mapping.memory();
  }

  @Override
  public void persist(long offset, long length) {
    libpmem.persist(mapping.memory().asSlice(offset, length));
  }

  @Override
  public void zero(long offset, long length) {
    libpmem.zero(mapping.memory().asSlice(offset, length));
  }

  @Override
  public void close() {
    // First the mapping: the next owner must not find this one still reaching the device.
    mapping.close();
    release(node, sysfs);
  }

  @Override
  public String toString() {
    return uri;
  }
}
