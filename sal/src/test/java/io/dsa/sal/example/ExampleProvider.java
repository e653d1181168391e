package io.dsa.sal.example;

import io.dsa.sal.Device;
import io.dsa.sal.DeviceProvider;
import io.dsa.sal.DeviceUri;

/** Provides files that are mapped as they are: {@code example:PATH}. */
public final class ExampleProvider implements DeviceProvider {
  @Override
  public String scheme() {
    return "example";
  }

  @Override
  public String example() {
    return "example:/srv/pool";
  }

  @Override
  public Device open(DeviceUri uri) {
    return ExampleDevice.open(uri);
  }
}
