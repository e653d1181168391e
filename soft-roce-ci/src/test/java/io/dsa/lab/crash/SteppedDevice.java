package io.dsa.lab.crash;

import io.dsa.sal.Device;

/** Lets something else happen before each persist call. */
final class SteppedDevice extends DeviceWrapper {
  private final Runnable before;

  SteppedDevice(Device device, Runnable before) {
    super(device);
    this.before = before;
  }

  @Override
  public void persist(long offset, long length) {
    before.run();
    device.persist(offset, length);
  }
}
