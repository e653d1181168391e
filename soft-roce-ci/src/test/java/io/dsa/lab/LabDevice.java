package io.dsa.lab;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dsa.sal.Device;
import io.dsa.sal.Devices;
import io.dsa.sal.FormatOptions;
import io.dsa.sal.Pool;
import io.dsa.verbs.RdmaDevice;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;

/** The lab's RDMA device and its NVDIMM. */
public final class LabDevice {
  /** The RDMA device's address. */
  public static final String HOST = System.getenv().getOrDefault("DSA_LAB_ADDRESS", "10.9.0.1");

  /** In a guest, nothing is of value. */
  private static final boolean GUEST =
      List.of("current", "stable").contains(System.getenv("DSA_LAB_KERNEL"));

  private static final String NAMED = System.getenv("DSA_LAB_DAX");

  private LabDevice() {}

  /** A port on the RDMA device of another host; skips the test where there is none. */
  public static InetSocketAddress neighbour(int port) {
    requireNeighbour();
    return new InetSocketAddress("10.9.0.2", port);
  }

  /** Skips the test where there is no other host. */
  public static void requireNeighbour() {
    assumeTrue(
        Integer.parseInt(System.getenv().getOrDefault("DSA_LAB_HOSTS", "1")) > 1,
        "one host has no neighbour");
  }

  /** Forgets the link addresses of all hosts, as if none had been contacted yet. */
  public static void forgetNeighbours() throws IOException, InterruptedException {
    int status =
        new ProcessBuilder("ip", "neigh", "flush", "dev", "eth0").inheritIO().start().waitFor();
    if (status != 0) {
      throw new IllegalStateException("ip neigh flush: status " + status);
    }
  }

  /** Makes librdmacm open the device now: what it keeps must not look like a leak of a test. */
  public static void open() {
    try {
      RdmaDevice.at(InetAddress.getByName(HOST)).close();
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e);
    }
  }

  /** An address of the same network that nobody has. */
  public static String nobody() {
    return HOST.substring(0, HOST.lastIndexOf('.') + 1) + "99";
  }

  /**
   * The URI of the DAX device: the guest's NVDIMM, or on a machine of somebody's the one that is
   * named. Where there is none, the test is skipped.
   */
  public static String dax() {
    assumeTrue(GUEST || NAMED != null, "name a DAX device that holds nothing in DSA_LAB_DAX");
    return "devdax:" + (NAMED == null ? "/dev/dax0.0" : NAMED);
  }

  /** Whether the DAX device may be formatted over whatever it holds. */
  public static boolean isDisposable() {
    return GUEST;
  }

  /** Makes a pool on the DAX device; outside of a guest only where that holds nothing. */
  public static void format(String name) {
    try (Device device = Devices.open(dax())) {
      Pool.format(device, new FormatOptions(isDisposable(), name));
    }
  }

  /** Leaves a device of somebody's as empty as {@link #format} found it. */
  public static void wipe() {
    if (!isDisposable()) {
      try (Device device = Devices.open(dax())) {
        device.zero(0, device.alignment() * 2);
      }
    }
  }
}
