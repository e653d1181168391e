package io.dsa.client;

import io.dsa.verbs.CloseAll;
import io.dsa.verbs.ConnectionManager;
import io.dsa.verbs.DeviceAttributes;
import io.dsa.verbs.ProtectionDomain;
import io.dsa.verbs.RdmaDevice;
import io.dsa.verbs.VerbsException;
import java.net.InetSocketAddress;
import java.time.Duration;

/** What all queues and buffers of one client share. Thread-safe. */
final class DataPlane implements AutoCloseable {
  private final RdmaDevice device;
  private final ProtectionDomain domain;
  private final ConnectionManager connections;

  private DataPlane(RdmaDevice device, ProtectionDomain domain, ConnectionManager connections) {
    this.device = device;
    this.domain = domain;
    this.connections = connections;
  }

  static DataPlane open(InetSocketAddress server, Duration timeout) {
    try {
      RdmaDevice device = RdmaDevice.toward(server, timeout);
      try {
        ProtectionDomain domain = device.allocateProtectionDomain();
        try {
          return new DataPlane(device, domain, ConnectionManager.start("dsa-client-connections"));
        } catch (RuntimeException e) {
          domain.close();
          throw e;
        }
      } catch (RuntimeException e) {
        device.close();
        throw e;
      }
    } catch (VerbsException e) {
      throw new DsaException(DsaException.Category.NO_DEVICE, e.getMessage(), e);
    }
  }

  RdmaDevice device() {
    return device;
  }

  ProtectionDomain domain() {
    return domain;
  }

  ConnectionManager connections() {
    return connections;
  }

  boolean canFlush() {
    return device.attributes().features().contains(DeviceAttributes.Feature.FLUSH_PERSISTENT);
  }

  @Override
  public void close() {
    CloseAll.inOrder(connections, domain, device);
  }
}
