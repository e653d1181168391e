package io.dsa.cli;

import io.dsa.sal.Device;
import io.dsa.sal.Devices;
import io.dsa.sal.StorageException;

/** Opens a device of this machine that no server has, to look at the pool on it. */
final class UnservedDevice {
  private UnservedDevice() {}

  /** Returns the device, which the caller closes. */
  static Device open(String uri) {
    Device device;
    try {
      device = Devices.open(uri);
    } catch (StorageException e) {
      if (e.category() == StorageException.Category.BUSY) {
        throw new CliException(
            ExitCode.BUSY,
            uri
                + " is in use, most likely by a running server: ask it with 'dsa pool list' and"
                + " 'dsa volume list', or stop it first",
            e);
      }
      throw e;
    }
    if (device.isTransient()) {
      device.close();
      throw new CliException(
          ExitCode.UNSUPPORTED,
          uri + " holds a pool only while its server runs: ask that with 'dsa pool list'");
    }
    return device;
  }
}
