package io.dsa.server;

import io.dsa.sal.Access;
import io.dsa.sal.Device;
import io.dsa.sal.Devices;
import io.dsa.sal.PersistenceDomain;
import io.dsa.sal.StorageException;
import io.dsa.sal.WriteBack;
import io.dsa.verbs.CloseAll;
import io.dsa.verbs.ProtectionDomain;
import io.dsa.verbs.RdmaDevice;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a storage device is, and which RDMA devices of this machine could serve it. Nothing is
 * written to it. Immutable.
 *
 * @param uri as it was asked for
 * @param medium one line for people
 * @param capacity in bytes
 * @param alignment the page size that the medium works in, in bytes
 * @param access how the NIC reaches it
 * @param persistence how far a write has to get to survive a power cut
 * @param writeBack how the server brings it there
 * @param isTransient whether its contents go with the process that has it open
 * @param contents what it holds, for people; empty where it is blank
 * @param rdma how each RDMA device reaches it
 */
public record DeviceProbe(
    String uri,
    String medium,
    long capacity,
    long alignment,
    Access access,
    PersistenceDomain persistence,
    WriteBack writeBack,
    boolean isTransient,
    Optional<String> contents,
    List<RdmaReach> rdma) {

  public DeviceProbe {
    rdma = List.copyOf(rdma);
  }

  /**
   * Opens the device, so that nobody else may have it open, and looks.
   *
   * @throws StorageException if it cannot be opened, with the reason and what to do
   */
  public static DeviceProbe of(String uri) {
    try (Device device = Devices.open(uri)) {
      return new DeviceProbe(
          uri,
          device.medium(),
          device.capacity(),
          device.alignment(),
          device.access(),
          device.persistence(),
          device.writeBack(),
          device.isTransient(),
          Devices.contents(device),
          reaches(device));
    }
  }

  private static List<RdmaReach> reaches(Device device) {
    List<RdmaDevice> all = RdmaDevice.all();
    try {
      List<RdmaReach> reaches = new ArrayList<>();
      for (RdmaDevice rdma : all) {
        try (ProtectionDomain domain = rdma.allocateProtectionDomain()) {
          reaches.add(RdmaReach.of(device, rdma, domain, false));
        }
      }
      return reaches;
    } finally {
      CloseAll.of(all);
    }
  }

  /** Whether any RDMA device of this machine can serve it. */
  public boolean isServed() {
    return rdma.stream().anyMatch(RdmaReach::isServed);
  }
}
