package io.dsa.sal;

/** How far a write has to get before it survives a power cut. */
public enum PersistenceDomain {
  /** Nothing survives. */
  VOLATILE,
  /** What has left the CPU caches survives: cache lines have to be written back. */
  MEMORY_CONTROLLER,
  /** What is in the CPU caches survives too: no line has to be written back. */
  CPU_CACHE,
  /**
   * What the storage device under the page cache holds survives: the kernel has to write it out.
   */
  DEVICE;

  /** Says whether anything survives a power cut at all. */
  public boolean isPersistent() {
    return this != VOLATILE;
  }
}
