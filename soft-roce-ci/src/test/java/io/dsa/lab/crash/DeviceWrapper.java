package io.dsa.lab.crash;

import io.dsa.sal.Access;
import io.dsa.sal.Device;
import io.dsa.sal.PersistenceDomain;
import io.dsa.sal.WriteBack;
import java.lang.foreign.MemorySegment;

/** A device by way of another one, which somebody else closes. Thread-safe as that one is. */
abstract class DeviceWrapper implements Device {
  /** The one that does the work. */
  protected final Device device;

  DeviceWrapper(Device device) {
    this.device = device;
  }

  @Override
  public String uri() {
    return device.uri();
  }

  @Override
  public String medium() {
    return device.medium();
  }

  @Override
  public long capacity() {
    return device.capacity();
  }

  @Override
  public long alignment() {
    return device.alignment();
  }

  @Override
  public Access access() {
    return device.access();
  }

  @Override
  public PersistenceDomain persistence() {
    return device.persistence();
  }

  @Override
  public WriteBack writeBack() {
    return device.writeBack();
  }

  @Override
  public MemorySegment memory() {
    return device.memory();
  }

  @Override
  public void close() {}

  @Override
  public String toString() {
    return uri();
  }
}
