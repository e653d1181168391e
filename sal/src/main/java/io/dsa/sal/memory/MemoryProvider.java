package io.dsa.sal.memory;

import io.dsa.sal.ByteSize;
import io.dsa.sal.Device;
import io.dsa.sal.DeviceProvider;
import io.dsa.sal.DeviceUri;
import io.dsa.sal.StorageException;
import io.dsa.sal.StorageException.Category;
import io.dsa.sal.linux.Libc;
import io.dsa.sal.linux.Mapping;

/** Provides DRAM as a device: {@code memory:SIZE}, rounded up to whole huge pages of 2 MiB. */
public final class MemoryProvider implements DeviceProvider {
  @Override
  public String scheme() {
    return "memory";
  }

  @Override
  public String example() {
    return "memory:256MiB";
  }

  @Override
  public Device open(DeviceUri uri) {
    long bytes = ByteSize.parse(uri.target());
    if (bytes == 0) {
      throw new StorageException(
          Category.INVALID, uri + ": a device of no bytes; name its size, as in memory:256MiB");
    }
    if (bytes > Long.MAX_VALUE - 2 * Mapping.HUGE_PAGE) {
      throw new StorageException(Category.INVALID, uri + ": no machine has that much memory");
    }
    long length = (bytes + Mapping.HUGE_PAGE - 1) & -Mapping.HUGE_PAGE;
    return switch (Mapping.anonymous(length)) {
      case Mapping.Result.Mapped(Mapping mapping) -> new MemoryDevice(uri.toString(), mapping);
      case Mapping.Result.Refused(int errno) ->
          throw new StorageException(
              errno == Libc.ENOMEM ? Category.NO_SPACE : Category.IO,
              uri
                  + ": the kernel gives no "
                  + ByteSize.format(length)
                  + " of memory: "
                  + Libc.describe(errno)
                  + "; use a smaller size");
    };
  }
}
