package io.dsa.sal;

/** Where a volume is in its life. */
public enum VolumeState {
  /** Its space is taken and being zeroed. A volume that a crash left so is discarded at open. */
  CREATING,
  /** It reads as zeros, or as what was written to it. */
  READY
}
