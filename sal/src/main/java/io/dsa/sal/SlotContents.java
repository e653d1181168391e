package io.dsa.sal;

import java.util.List;
import java.util.OptionalLong;

/**
 * What can be read of one metadata slot. Where it is damaged, whatever is here can be wrong.
 *
 * @param slot 0 or 1
 * @param generation empty where there is no header whose checksum is right
 * @param volumesSaid how many volumes it says that there are
 * @param volumes those of them that can be read, whatever is wrong with them
 */
public record SlotContents(
    int slot, State state, OptionalLong generation, long volumesSaid, List<Volume> volumes) {
  /** What a slot is. */
  public enum State {
    /** Header, payload and catalog keep every rule. */
    SOUND,
    /** Something in it is wrong. */
    DAMAGED,
    /** It has no header. */
    MISSING,
    /** A DSA of a newer format wrote it. */
    NEWER
  }

  public SlotContents {
    volumes = List.copyOf(volumes);
  }
}
