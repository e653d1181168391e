package io.dsa.sal.file;

import io.dsa.sal.Device;
import io.dsa.sal.DeviceProvider;
import io.dsa.sal.DeviceUri;

/** Provides files: {@code file:PATH}. */
public final class FileProvider implements DeviceProvider {
  @Override
  public String scheme() {
    return "file";
  }

  @Override
  public String example() {
    return "file:/mnt/pmem/pool";
  }

  @Override
  public Device open(DeviceUri uri) {
    return FileDevice.over(uri, BackingFile.open(uri));
  }

  @Override
  public Device create(DeviceUri uri, long bytes) {
    return FileDevice.over(uri, BackingFile.create(uri, bytes));
  }
}
