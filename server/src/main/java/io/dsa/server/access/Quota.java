package io.dsa.server.access;

/** What all sessions of a user share, and can have a bound for. */
public enum Quota {
  /** Sessions at a time. */
  SESSIONS("sessions", 4096),
  /** Data queues at a time, over all sessions. */
  QUEUES("queues", 1 << 20),
  /** Memory windows at a time: one for each extent and queue. */
  WINDOWS("windows", 1 << 24);

  private final String key;
  private final int most;

  Quota(String key, int most) {
    this.key = key;
    this.most = most;
  }

  /** What it is called in messages and listings. */
  public String key() {
    return key;
  }

  /** The largest bound that can be set. */
  public int most() {
    return most;
  }
}
