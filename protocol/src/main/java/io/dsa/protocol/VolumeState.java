package io.dsa.protocol;

/** Where a volume is in its life. */
public enum VolumeState {
  /** A state that this build does not know; a newer server sent it. */
  UNRECOGNISED(0),
  /** Its space is being zeroed; it cannot be opened yet. */
  CREATING(1),
  /** It can be opened. */
  READY(2),
  /** It is being removed and cannot be opened any more. */
  DELETING(3);

  private final int wire;

  VolumeState(int wire) {
    this.wire = wire;
  }

  int wire() {
    return wire;
  }

  static VolumeState fromWire(int wire) {
    for (VolumeState state : values()) {
      if (state.wire == wire) {
        return state;
      }
    }
    return UNRECOGNISED;
  }
}
