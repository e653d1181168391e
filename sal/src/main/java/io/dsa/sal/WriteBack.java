package io.dsa.sal;

/** How what was written to a device's memory is brought to where it survives a power cut. */
public enum WriteBack {
  /** Not at all: the device is volatile. */
  NONE,
  /** By writing back cache lines, which a NIC that knows RDMA FLUSH can ask for as well. */
  CACHE_LINES,
  /** By the kernel, page by page, to the device under a file system: only this machine can ask. */
  MSYNC
}
