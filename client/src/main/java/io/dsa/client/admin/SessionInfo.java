package io.dsa.client.admin;

import io.dsa.protocol.OpenMode;
import java.util.List;

/**
 * A client that is connected, as it was when the server was asked.
 *
 * @param id by which it can be ended
 * @param user whom it proved to be, or who everybody is
 * @param client what it calls itself, which proves nothing
 * @param address where it comes from
 * @param queues how many data queues it has
 */
public record SessionInfo(
    long id, String user, String client, String address, List<Opened> volumes, int queues) {
  /** A volume that it has open. */
  public record Opened(String volume, OpenMode mode) {}

  public SessionInfo {
    volumes = List.copyOf(volumes);
  }
}
