package io.dsa.sal;

/** How the NIC reaches a device. */
public enum Access {
  /** The device is memory: mapped, registered, read and written in place. */
  DIRECT,
  /** The device is reached through registered frames of DRAM. */
  STAGED
}
