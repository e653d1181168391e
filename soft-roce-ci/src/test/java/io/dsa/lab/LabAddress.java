package io.dsa.lab;

/** Where the lab's RDMA device is. */
public final class LabAddress {
  public static final String HOST = System.getenv().getOrDefault("DSA_LAB_ADDRESS", "10.9.0.1");

  private LabAddress() {}
}
