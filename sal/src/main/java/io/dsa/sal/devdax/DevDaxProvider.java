package io.dsa.sal.devdax;

import io.dsa.sal.Device;
import io.dsa.sal.DeviceProvider;
import io.dsa.sal.DeviceUri;

/** Provides DAX character devices: {@code devdax:PATH}. */
public final class DevDaxProvider implements DeviceProvider {
  @Override
  public String scheme() {
    return "devdax";
  }

  @Override
  public String example() {
    return "devdax:/dev/dax0.0";
  }

  @Override
  public Device open(DeviceUri uri) {
    return DevDaxDevice.open(uri);
  }
}
