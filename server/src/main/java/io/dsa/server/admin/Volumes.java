package io.dsa.server.admin;

import io.dsa.protocol.VolumeInfo;
import java.util.List;
import java.util.UUID;

/**
 * The volumes of the server. Thread-safe; changes of different volumes do not wait for each other.
 * Every method throws {@link RefusedException}.
 *
 * <p>A change names the volume as the caller found it: where the name is another volume's by now,
 * it is refused with {@code UNKNOWN_VOLUME}, so that nobody changes what he has no right on.
 */
public interface Volumes {
  /**
   * One volume.
   *
   * @param id stays its own through renames and is never used again
   */
  record Description(UUID id, VolumeInfo info) {
    public String name() {
      return info.name();
    }
  }

  /** Every volume, in the order of their names. */
  List<Description> list();

  Description find(String name);

  /**
   * Makes a volume that reads as zeros, and returns when it does, which for a large one takes long.
   *
   * @param bytes at least 1
   * @param pool the URI of its pool, or empty for the one with the most room
   */
  Description create(String name, long bytes, String pool);

  /**
   * Changes the size. Whoever has it open keeps the size that he knows; it cannot shrink while
   * anybody has it open.
   *
   * @param bytes at least 1
   */
  Description resize(Description known, long bytes);

  /** Gives it another name; whoever has it open keeps it. */
  Description rename(Description known, String newName);

  /**
   * Deletes it and what is on it.
   *
   * @param force whether to take it first from those who have it open; otherwise it is refused then
   */
  void delete(Description known, boolean force);
}
