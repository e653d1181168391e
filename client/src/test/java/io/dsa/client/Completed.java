package io.dsa.client;

import java.util.LinkedHashMap;
import java.util.Map;

/** What has completed, by token in order; it notices a request that completes twice. */
final class Completed implements CompletionHandler {
  private final Map<Long, IoStatus> statuses = new LinkedHashMap<>();

  @Override
  public void completed(long token, IoStatus status) {
    if (statuses.put(token, status) != null) {
      throw new AssertionError("request " + token + " completed twice");
    }
  }

  /** What has completed since the last call. */
  Map<Long, IoStatus> take() {
    Map<Long, IoStatus> taken = new LinkedHashMap<>(statuses);
    statuses.clear();
    return taken;
  }
}
