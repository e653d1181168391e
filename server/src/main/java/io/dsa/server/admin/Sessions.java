package io.dsa.server.admin;

import io.dsa.protocol.OpenMode;
import java.util.List;

/** The clients that are connected. Thread-safe. */
public interface Sessions {
  /** A volume that a session has open. */
  record Opened(String volume, OpenMode mode) {}

  /**
   * One session.
   *
   * @param id unique among the sessions of this run of the server
   * @param user whom it proved to be, or who everybody is
   * @param client what it calls itself, which proves nothing
   * @param address where it comes from
   * @param queues how many data queues it has
   */
  record Description(
      long id, String user, String client, String address, List<Opened> volumes, int queues) {}

  /** Every session, the oldest first. */
  List<Description> sessions();

  /**
   * Begins to end a session: its windows are freed before anything of it is anybody else's.
   *
   * @return whether there was one
   */
  boolean kick(long id);
}
