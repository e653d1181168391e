package io.dsa.lab;

import io.dsa.verbs.RdmaDevice;
import java.net.InetAddress;
import java.net.UnknownHostException;

/** The lab's RDMA device. */
public final class LabDevice {
  /** Its address. */
  public static final String HOST = System.getenv().getOrDefault("DSA_LAB_ADDRESS", "10.9.0.1");

  private LabDevice() {}

  /** Makes librdmacm open the device now: what it keeps must not look like a leak of a test. */
  public static void open() {
    try {
      RdmaDevice.at(InetAddress.getByName(HOST)).close();
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e);
    }
  }
}
