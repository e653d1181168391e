package io.dsa.lab.crash;

import io.dsa.sal.Device;
import io.dsa.sal.DeviceProvider;
import io.dsa.sal.DeviceUri;
import io.dsa.sal.StorageException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Devices that this process made, by their names: what a server in it is to serve. Only on the
 * class path of the crash harness.
 */
public final class CrashProvider implements DeviceProvider {
  private static final Map<String, Device> OFFERED = new ConcurrentHashMap<>();

  /** Returns the URI by which {@code device} can be opened from now on. */
  static String offer(String name, Device device) {
    OFFERED.put(name, device);
    return "crash:" + name;
  }

  @Override
  public String scheme() {
    return "crash";
  }

  @Override
  public String example() {
    return "crash:model";
  }

  @Override
  public Device open(DeviceUri uri) {
    Device device = OFFERED.get(uri.target());
    if (device == null) {
      throw new StorageException(StorageException.Category.NO_DEVICE, uri + ": not offered");
    }
    return device;
  }
}
